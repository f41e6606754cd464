#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "problems/rows/sparse_rows_data.hpp"

namespace vireo::problems {

/// A partition of the rows of a data set into G groups, none of them empty.
struct Groups {
  std::vector<std::vector<std::uint32_t>> of_worker;  ///< group of each row, for each worker of this rank
  std::vector<std::int64_t> sizes;                    ///< n_g, over all workers
  std::string description;                            ///< such as "2 groups by label, of 1479 to 48270 rows"

  [[nodiscard]] Index count() const { return sizes.size(); }
};

/// Groups the rows by `how`:
///     workers     a worker's rows are a group
///     labels      by the label, in increasing order
///     feature:J   by the value of feature J >= 1, in increasing order; where a row does not list it, that is 0
/// Collective. throws UsageError (another text, a feature that the data do not have), DataError (more than 1000 values)
[[nodiscard]] Groups group_rows(Communicator& comm, const SparseData& data, const std::string& how);

}  // namespace vireo::problems
