#include "app/exit_guard.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "app/exit_codes.hpp"
#include "app/signals.hpp"
#include "comm/settlement.hpp"

namespace vireo::app {

namespace {

constexpr int nobody = -1;
std::atomic<int> guarded_rank{nobody};
std::atomic<bool> alone{true};

/// Called by exit(), in whichever thread that is. Where all ranks do so, the first of them speaks.
void refuse_exit() {
  const int rank = guarded_rank.load();
  if (rank == nobody) return;
  constexpr int most_waiting = 8;
  std::this_thread::sleep_for(std::chrono::seconds(std::min(rank, most_waiting)));
  if (rank == 0 || latest_signal() != SIGTERM) {
    const auto line = "vireo: error: exit() was called before the end, by an operator or a library that it uses" +
                      (alone ? "" : " [rank " + std::to_string(rank) + "]") + "\n";
    std::fputs(line.c_str(), stderr);
    std::fflush(stderr);
  }
  comm::Settlement::abort(static_cast<int>(ExitCode::internal));
}

}  // namespace

ExitGuard::ExitGuard(const Communicator& world) {
  static const bool known = std::atexit(refuse_exit) == 0 && std::at_quick_exit(refuse_exit) == 0;
  static_cast<void>(known);  // where there is no room for another function, exit() is as it was
  alone = world.size() == 1;
  guarded_rank = world.rank();
}

ExitGuard::~ExitGuard() { guarded_rank = nobody; }

}  // namespace vireo::app
