#include "vireo/problems/problem.hpp"

#include <algorithm>

#include "vireo/core/error.hpp"

namespace vireo {

std::string to_string(Origin origin) {
  switch (origin) {
    case Origin::computed:
      return "computed";
    case Origin::bounded:
      return "bounded";
    case Origin::given:
      return "given";
    case Origin::estimated:
      return "estimated";
  }
  return "unknown";
}

const std::string& ProblemContext::data() const {
  if (data_.empty()) throw UsageError("this problem reads a file: give --data FILE");
  return data_;
}

WorkerLayout ProblemContext::place(Index components, const char* what) const {
  const Index workers = workers_ ? *workers_ : std::min(default_workers_, components);
  if (workers > components)
    throw UsageError(
        "workers", std::to_string(workers) + " workers, but there are only " + std::to_string(components) + " " + what);
  return {workers, static_cast<Index>(comm_.size())};
}

}  // namespace vireo
