#include "problems/rows/logistic_labels.hpp"

#include <cstring>
#include <set>

#include "vireo/core/error.hpp"

namespace vireo::problems {
namespace {

// The smallest distinct labels, enough of them for a message.
class DistinctLabels {
 public:
  void add(double label) {
    if (labels_.size() == most && label > *labels_.rbegin()) return;
    labels_.insert(label == 0 ? 0.0 : label);  // -0 is 0
    if (labels_.size() > most) labels_.erase(std::prev(labels_.end()));
  }

  // with those of all ranks: the smallest of the smallest
  void join(Communicator& comm) {
    const std::vector<double> mine(labels_.begin(), labels_.end());
    for (const auto& bytes :
         gather_all(comm, std::string(reinterpret_cast<const char*>(mine.data()), mine.size() * sizeof(double)))) {
      for (std::size_t at = 0; at < bytes.size(); at += sizeof(double)) {
        double label = 0;
        std::memcpy(&label, bytes.data() + at, sizeof label);
        add(label);
      }
    }
  }

  [[nodiscard]] const std::set<double>& get() const { return labels_; }

  [[nodiscard]] std::string list() const {
    std::string text;
    for (const double label : labels_) text += (text.empty() ? "" : ", ") + format_real(label);
    return labels_.size() == most ? text + ", ..." : text;
  }

 private:
  static constexpr std::size_t most = 4;
  std::set<double> labels_;
};

}  // namespace

void map_two_labels(Communicator& comm, SparseData& data) {
  DistinctLabels labels;
  for (const auto& rows : data.rows_of_worker)
    for (const double label : rows.labels) labels.add(label);
  labels.join(comm);
  if (labels.get().size() != 2)
    throw DataError(data.path + ": logistic needs two distinct labels; found " + labels.list());

  const double larger = *labels.get().rbegin();
  for (auto& rows : data.rows_of_worker)
    for (double& label : rows.labels) label = label == larger ? 1.0 : -1.0;
}

}  // namespace vireo::problems
