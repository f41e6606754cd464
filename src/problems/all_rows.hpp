#pragma once

#include "problems/sparse_rows_data.hpp"
#include "vireo/comm/communicator.hpp"

namespace vireo {

/// The rows of all workers, on all ranks, by worker. Collective.
[[nodiscard]] std::vector<SparseRows> all_rows(Communicator& comm, const SparseData& data);

}  // namespace vireo
