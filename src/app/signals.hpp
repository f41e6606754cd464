#pragma once

#include <csignal>
#include <utility>
#include <vector>

namespace vireo::app {

/// From now on TERM, INT, USR1 and USR2 are taken note of, and otherwise ignored: whoever runs asks, and ends in good
/// order.
void note_signals();

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
