#include "vireo/comm/collectively.hpp"

#include "comm/rank_ending.hpp"

namespace vireo {

ExitCode exit_code_of(const std::exception_ptr& failure) {
  if (!failure) return ExitCode::ok;
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.code() == ExitCode::ok ? ExitCode::internal : error.code();  // a failure never exits 0
  } catch (...) {
    return ExitCode::internal;
  }
}

void agree_on_failure(Communicator& comm, const std::exception_ptr& mine) {
  const auto own = comm::RankEnding::of(comm.rank(), ExitCode::ok, mine);
  const auto all = comm::RankEnding::unpacked(combine(comm, own.packed(), Reduction::minimum));
  if (mine) std::rethrow_exception(mine);
  if (all.failed()) throw PeerFailure(all.code);
}

}  // namespace vireo
