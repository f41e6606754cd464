#pragma once

#include <csignal>
#include <utility>
#include <vector>

namespace vireo::app {

/// From now on TERM, INT, USR1, USR2, HUP and XCPU are taken note of, and otherwise ignored: whoever runs asks, and ends
/// in good order. A HUP that is ignored already, as nohup has it, goes on being ignored.
void note_signals();

/// From now on a write that fails is an error for whoever writes, and no signal that ends the process: beyond the limit
/// of a file's size (XFSZ), and into a pipe that nobody reads any more (PIPE).
void let_writes_fail();

/// The latest one that arrived; 0: none
[[nodiscard]] int latest_signal();

/// Gives the signals back to those who had them before, and forgets what arrived, when it goes out of scope.
class SignalsRestored {
 public:
  /// active: false does nothing
  explicit SignalsRestored(bool active);
  SignalsRestored(const SignalsRestored&) = delete;
  SignalsRestored& operator=(const SignalsRestored&) = delete;
  ~SignalsRestored();

 private:
  std::vector<std::pair<int, struct sigaction>> before_;
};

}  // namespace vireo::app
