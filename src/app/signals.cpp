#include "app/signals.hpp"

#include <array>
#include <atomic>
#include <csignal>

namespace vireo::app {

namespace {

std::atomic<int> arrived{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

constexpr std::array heeded{SIGTERM, SIGINT, SIGUSR1, SIGUSR2};

void note(int signal) { arrived.store(signal, std::memory_order_relaxed); }

}  // namespace

void note_signals() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : heeded) sigaction(signal, &action, nullptr);
}

int latest_signal() { return arrived.load(std::memory_order_relaxed); }

SignalsRestored::SignalsRestored(bool active) {
  if (!active) return;
  for (const int signal : heeded) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    before_.emplace_back(signal, before);
  }
}

SignalsRestored::~SignalsRestored() {
  for (const auto& [signal, action] : before_) sigaction(signal, &action, nullptr);
  if (!before_.empty()) arrived.store(0, std::memory_order_relaxed);
}

}  // namespace vireo::app
