#pragma once

#include "problems/rows/sparse_rows_data.hpp"
#include "vireo/comm/communicator.hpp"

namespace vireo::problems {

/// Maps the two distinct labels of the data to +1 (the larger) and -1. Collective.
/// throws DataError that lists what was found, if these are not two
void map_two_labels(Communicator& comm, SparseData& data);

}  // namespace vireo::problems
