#pragma once

#include "problems/rows/sparse_rows_data.hpp"
#include "vireo/comm/communicator.hpp"

namespace vireo::problems {

/// The rows of all workers, on all ranks, by worker. Collective.
[[nodiscard]] std::vector<linalg::SparseRows> all_rows(Communicator& comm, const SparseData& data);

}  // namespace vireo::problems
