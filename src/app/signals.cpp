#include "app/signals.hpp"

#include <atomic>
#include <csignal>

namespace vireo::app {

namespace {

std::atomic<int> arrived{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

void note(int signal) { arrived.store(signal, std::memory_order_relaxed); }

}  // namespace

void note_signals() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGUSR2}) sigaction(signal, &action, nullptr);
}

int latest_signal() { return arrived.load(std::memory_order_relaxed); }

}  // namespace vireo::app
