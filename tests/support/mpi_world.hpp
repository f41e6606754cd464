#pragma once

#include "vireo/comm/communicator.hpp"

namespace vireo::test {

/// for main() alone
void set_mpi_world(Communicator* comm);

}  // namespace vireo::test
