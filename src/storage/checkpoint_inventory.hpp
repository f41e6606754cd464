#pragma once

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "storage/checkpoint_format.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/state.hpp"

namespace vireo::checkpoint {

/// One array of the state, and the part of it that this rank writes: rows `rows` of it, of these the columns `columns`.
/// A vector of R^d is one row.
struct Array {
  std::string name;
  bool matrix = false;  ///< [M x width]; else [width]
  Index height = 1;
  Index width = 0;
  Range rows;
  Range columns;
  ConstView values;  ///< the part, row by row
};

/// Collects the arrays and scalars that a state lists, for the writer.
class Inventory final : public StateList {
 public:
  Inventory(std::string group, const Placement& placement) : group_(std::move(group)), placement_(placement) {}

  void global(const std::string& name, Vector& value) override {
    // all ranks hold it; each writes a part
    const Range mine = SegmentLayout(value.size(), placement_.ranks).of(placement_.rank);
    finite_ = finite_ && kernels::all_finite(value);
    arrays_.push_back({.name = group_ + "/" + name,
                       .width = value.size(),
                       .rows = {0, 1},
                       .columns = mine,
                       .values = ConstView(value).subspan(mine.begin, mine.size())});
  }
  void per_worker(const std::string& name, WorkerVectors& value) override {
    const Range workers = value.workers();
    const ConstView values =
        workers.size() == 0 ? ConstView{} : ConstView(value[workers.begin].data(), workers.size() * value.dimension());
    finite_ = finite_ && kernels::all_finite(values);
    arrays_.push_back({.name = group_ + "/" + name,
                       .matrix = true,
                       .height = placement_.all_workers,
                       .width = value.dimension(),
                       .rows = workers,
                       .columns = {0, value.dimension()},
                       .values = values});
  }
  void by_segment(const std::string& name, SegmentVector& value) override {
    finite_ = finite_ && kernels::all_finite(value.values);
    arrays_.push_back({.name = group_ + "/" + name,
                       .width = value.dimension,
                       .rows = {0, 1},
                       .columns = value.segment,
                       .values = value.values});
  }
  void scalar(const std::string& name, double& value) override { scalars_.emplace_back(name, value); }
  void scalar(const std::string& name, std::int64_t& value) override { scalars_.emplace_back(name, value); }

  [[nodiscard]] const std::string& group() const { return group_; }
  [[nodiscard]] const std::vector<Array>& arrays() const { return arrays_; }
  [[nodiscard]] const hdf5::Attributes& scalars() const { return scalars_; }
  /// whether all arrays are, on this rank
  [[nodiscard]] bool finite() const { return finite_; }

 private:
  std::string group_;
  Placement placement_;
  std::vector<Array> arrays_;
  hdf5::Attributes scalars_;
  bool finite_ = true;
};

}  // namespace vireo::checkpoint
