#pragma once

#include <exception>

#include "vireo/comm/communicator.hpp"

namespace vireo::io {

/// Collective: if any rank brings an exception, all ranks throw the one of the lowest rank that has one: same text,
/// same kind. Where ranks hold the parts of a file in order, that is the first thing wrong with the file, for any
/// number of ranks.
void fail_together(Communicator& comm, const std::exception_ptr& mine);

/// Runs a local action that may fail on some ranks, then fails on all if it failed on any.
template <class Action>
void together(Communicator& comm, Action&& action) {
  std::exception_ptr failure;
  try {
    action();
  } catch (...) {
    failure = std::current_exception();
  }
  fail_together(comm, failure);
}

}  // namespace vireo::io
