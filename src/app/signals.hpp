#pragma once

#include <signal.h>

#include <array>

namespace vireo::app {

/// While it lives, TERM, INT, USR1 and USR2 are taken note of, and otherwise ignored: whoever runs asks, and ends in
/// good order. One object at a time.
class SignalsNoted {
 public:
  SignalsNoted();
  SignalsNoted(const SignalsNoted&) = delete;
  SignalsNoted& operator=(const SignalsNoted&) = delete;
  ~SignalsNoted();

  /// The latest one that arrived; 0: none
  [[nodiscard]] static int latest();

 private:
  static constexpr std::array noted{SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
  std::array<struct sigaction, noted.size()> before_{};
};

}  // namespace vireo::app
