#include "comm/collectively_within.hpp"

#include "comm/mpi_communicator.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::comm {

void agree_on_failure_within(const Patience& patience, Communicator& comm, const std::exception_ptr& mine) {
  auto* const mpi = dynamic_cast<MpiCommunicator*>(&comm);
  if (mpi == nullptr || mpi->size() == 1) return agree_on_failure(comm, mine);
  if (!mpi->meet(mine ? patience.seconds : patience.of_others_seconds)) {
    if (mine) std::rethrow_exception(mine);
    throw IoError(patience.absent);
  }
  agree_on_failure(comm, mine);
}

}  // namespace vireo::comm
