#include "methods/participation.hpp"

#include <fmt/format.h>

#include "methods/draw_number.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/subset.hpp"

namespace vireo::methods {

Parameter Participation::parameter() {
  return Parameter::integer("participants", "auto", "b, workers that take part in a round; auto: half of them", 1)
      .or_auto();
}

Participation::Participation(const Parameters& parameters, Index workers, const std::string& method)
    : workers_(workers),
      size_(parameters.has("participants") ? parameters.integer("participants") : (workers + 1) / 2) {
  if (size_ > workers_)
    throw UsageError("method " + method, "participants=" + std::to_string(size_) + " is more than the " +
                                             std::to_string(workers_) + " workers");
}

std::vector<Index> Participation::in_round(std::uint64_t seed, std::int64_t k) const {
  std::vector<random::Offset> drawn;
  const random::Key key{.seed = seed, .purpose = random::Purpose::participants, .iteration = draw_number(k)};
  random::Subset(key, workers_, size_).append_range(0, workers_, drawn);
  return {drawn.begin(), drawn.end()};
}

std::string Participation::text() const { return fmt::format("{} of {} workers", size_, workers_); }

}  // namespace vireo::methods
