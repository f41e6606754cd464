#pragma once

#include <exception>

#include "vireo/comm/communicator.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

/// The kind of an exception, which is not null: `internal` for those that are not Vireo's.
[[nodiscard]] ErrorKind kind_of(const std::exception_ptr& failure);

/// Collective: if any rank brings an exception, that rank rethrows it. All others throw PeerFailure with kind
/// and text of the first one: that of the lowest rank whose exception is not itself a PeerFailure, if any.
void agree_on_failure(Communicator& comm, const std::exception_ptr& mine);

/// Collective: runs a local action that may fail on some ranks only, such as reading a file. If it fails on
/// any rank, all ranks throw, so that no rank is left waiting in a later collective call.
template <class Action>
void collectively(Communicator& comm, Action&& action) {
  std::exception_ptr failure;
  try {
    action();
  } catch (...) {
    failure = std::current_exception();
  }
  agree_on_failure(comm, failure);
}

}  // namespace vireo
