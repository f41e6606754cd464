#pragma once

#include <exception>
#include <string>

#include "vireo/comm/communicator.hpp"

namespace vireo::comm {

/// As agree_on_failure, after calls of another library that are collective themselves. A rank that fails in one of these
/// may leave the others there for ever, so that they never come here: it waits `patience_seconds` for them, and then
/// rethrows its own exception alone, on its way to ending the job. No rank may make a collective call on that way.
///
/// The other way round, a call that fails on a rank may keep that rank, while the others come here: they wait
/// `of_others_seconds` for it, and then throw Error(io) with the text `absent`.
struct Patience {
  double seconds = 2;
  double of_others_seconds = 0;
  std::string absent{};
};
void agree_on_failure_within(const Patience& patience, Communicator& comm, const std::exception_ptr& mine);

/// Runs an action that is collective, and may fail on some ranks only.
template <class Action>
void collectively_within(const Patience& patience, Communicator& comm, Action&& action) {
  std::exception_ptr failure;
  try {
    action();
  } catch (...) {
    failure = std::current_exception();
  }
  agree_on_failure_within(patience, comm, failure);
}

}  // namespace vireo::comm
