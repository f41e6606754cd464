#include "comm/collectively_within.hpp"

#include <optional>

#include "comm/mpi_communicator.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo::comm {

void agree_on_failure_within(double patience_seconds, Communicator& comm, const std::exception_ptr& mine) {
  auto* const mpi = dynamic_cast<MpiCommunicator*>(&comm);
  if (mpi == nullptr || mpi->size() == 1) return agree_on_failure(comm, mine);
  if (!mpi->meet(mine ? std::optional(patience_seconds) : std::nullopt)) std::rethrow_exception(mine);
  agree_on_failure(comm, mine);
}

}  // namespace vireo::comm
