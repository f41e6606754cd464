#pragma once

#include "vireo/comm/communicator.hpp"

namespace vireo::app {

/// While it lives, a call of exit() ends the job with 1 and a line that says so, whatever code it asks for: an operator,
/// or a library that it uses, must not make a run that was broken off look as if it had succeeded.
class ExitGuard {
 public:
  /// One at a time
  explicit ExitGuard(const Communicator& world);
  ExitGuard(const ExitGuard&) = delete;
  ExitGuard& operator=(const ExitGuard&) = delete;
  ~ExitGuard();
};

}  // namespace vireo::app
