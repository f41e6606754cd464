#pragma once

#include <cstdint>
#include <vector>

#include "vireo/core/vector.hpp"

namespace vireo::linalg {

/// Rows of a sparse matrix with a label each (compressed sparse rows; columns count from 0).
struct SparseRows {
  std::vector<std::uint64_t> start{0};  ///< row i is entries start[i] to start[i+1]-1
  std::vector<std::uint32_t> columns;   ///< of the entries, increasing within a row
  std::vector<double> values;           ///< of the entries
  std::vector<double> labels;           ///< one for each row

  /// number of rows
  [[nodiscard]] Index rows() const { return labels.size(); }
  /// number of entries, zeros that the file spells out among them
  [[nodiscard]] Index nonzeros() const { return columns.size(); }
  /// The same rows with the same labels
  bool operator==(const SparseRows&) const = default;
};

}  // namespace vireo::linalg
