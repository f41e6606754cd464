#include "vireo/comm/collectively.hpp"

#include <cstdlib>

#include "comm/rank_ending.hpp"

namespace vireo {

ErrorKind kind_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.kind();
  } catch (...) {
    return ErrorKind::internal;
  }
}

void agree_on_failure(Communicator& comm, const std::exception_ptr& mine) {
  const auto own = comm::RankEnding::of(comm.rank(), EXIT_SUCCESS, mine);
  const auto first = comm::RankEnding::unpacked(combine(comm, own.packed(), Reduction::minimum));
  if (!first.failed()) return;
  // The text is sent only where something has failed: agreeing costs one small reduction otherwise.
  const auto cause = broadcast(comm, comm.rank() == first.rank ? comm::cause_of(mine) : "", first.rank);
  if (mine) std::rethrow_exception(mine);
  throw PeerFailure(first.error, cause);
}

}  // namespace vireo
