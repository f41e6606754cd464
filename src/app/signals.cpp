#include "app/signals.hpp"

#include <array>
#include <atomic>
#include <csignal>

namespace vireo::app {

namespace {

std::atomic<int> arrived{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

constexpr std::array heeded{SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP, SIGXCPU};
constexpr std::array of_writes{SIGXFSZ, SIGPIPE};

void note(int signal) { arrived.store(signal, std::memory_order_relaxed); }

struct sigaction action_of(int signal) {
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  return now;
}

}  // namespace

void note_signals() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : heeded) {
    if (signal == SIGHUP && action_of(signal).sa_handler == SIG_IGN) continue;
    sigaction(signal, &action, nullptr);
  }
}

void let_writes_fail() {
  for (const int signal : of_writes) std::signal(signal, SIG_IGN);
}

int latest_signal() { return arrived.load(std::memory_order_relaxed); }

SignalsRestored::SignalsRestored(bool active) {
  if (!active) return;
  for (const int signal : heeded) before_.emplace_back(signal, action_of(signal));
  for (const int signal : of_writes) before_.emplace_back(signal, action_of(signal));
}

SignalsRestored::~SignalsRestored() {
  for (const auto& [signal, action] : before_) sigaction(signal, &action, nullptr);
  if (!before_.empty()) arrived.store(0, std::memory_order_relaxed);
}

}  // namespace vireo::app
