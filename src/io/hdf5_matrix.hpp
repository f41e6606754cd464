#pragma once

#include <mutex>
#include <string>

#include "io/hdf5.hpp"
#include "vireo/core/layout.hpp"

namespace vireo::hdf5 {

/// A 2-D dataset of numbers, read by blocks. Not thread-safe, as nothing of HDF5 is; see `library_mutex`.
class Matrix {
 public:
  /// `file` must stay where it is. throws DataError
  Matrix(const File& file, const std::string& name);

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index columns() const { return columns_; }

  /// out = the block, row by row. throws DataError, also for a number that is not finite
  void read(Range rows, Range columns, View out) const;

 private:
  const File& file_;
  std::string name_;
  Handle dataset_;
  Index rows_ = 0;
  Index columns_ = 0;
};

/// For files that each rank reads by itself: simulated ranks are threads of one process.
[[nodiscard]] std::mutex& library_mutex();

}  // namespace vireo::hdf5
