#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "io/libsvm.hpp"
#include "vireo/core/layout.hpp"

namespace vireo::libsvm {

/// A row, wherever it is kept.
struct Row {
  std::uint64_t position;
  double label;
  std::span<const std::uint32_t> columns;
  std::span<const double> values;
};

inline Row row_of(const linalg::SparseRows& rows, Index i, std::uint64_t position) {
  const auto start = rows.start[i];
  const auto length = rows.start[i + 1] - start;
  return {position, rows.labels[i], std::span(rows.columns).subspan(start, length),
          std::span(rows.values).subspan(start, length)};
}

/// The rows of this rank's workers. All rows are announced first, which tells where each starts; then they are put in
/// place.
class Placement {
 public:
  Placement(const WorkerLayout& layout, Range workers, Index rows) : result_(workers.size()) {
    for (Index m = 0; m < workers.size(); ++m) {
      const Range positions = part_of(rows, layout.workers(), workers.begin + m);
      if (m == 0) first_.push_back(positions.begin);
      first_.push_back(positions.end);
      result_[m].start.assign(positions.size() + 1, 0);
      result_[m].labels.resize(positions.size());
    }
  }

  [[nodiscard]] bool holds(std::uint64_t position) const {
    return !first_.empty() && first_.front() <= position && position < first_.back();
  }

  void announce(const Row& row) {
    auto& rows = worker_of(row.position);
    const auto i = row.position - first_[worker_];
    rows.start[i + 1] = row.columns.size();
    rows.labels[i] = row.label;
  }

  void make_room() {
    for (auto& rows : result_) {
      for (Index i = 0; i < rows.rows(); ++i) rows.start[i + 1] += rows.start[i];
      rows.columns.resize(rows.start.back());
      rows.values.resize(rows.start.back());
    }
  }

  void put(const Row& row) {
    auto& rows = worker_of(row.position);
    const auto target = static_cast<std::ptrdiff_t>(rows.start[row.position - first_[worker_]]);
    std::copy(row.columns.begin(), row.columns.end(), rows.columns.begin() + target);
    std::copy(row.values.begin(), row.values.end(), rows.values.begin() + target);
  }

  [[nodiscard]] std::vector<linalg::SparseRows> take() { return std::move(result_); }

 private:
  // sets worker_; mostly it is the one of the last call
  linalg::SparseRows& worker_of(std::uint64_t position) {
    if (position < first_[worker_] || position >= first_[worker_ + 1])
      worker_ = static_cast<Index>(std::upper_bound(first_.begin(), first_.end(), position) - first_.begin() - 1);
    return result_[worker_];
  }

  std::vector<linalg::SparseRows> result_;
  std::vector<Index> first_;  // position of each worker's first row, and of the end
  Index worker_ = 0;
};

}  // namespace vireo::libsvm
