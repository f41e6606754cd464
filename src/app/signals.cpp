#include "app/signals.hpp"

#include <atomic>

namespace vireo::app {

namespace {

std::atomic<int> arrived{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may touch nothing else");

void note(int signal) { arrived.store(signal, std::memory_order_relaxed); }

}  // namespace

SignalsNoted::SignalsNoted() {
  arrived = 0;
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < noted.size(); ++i) sigaction(noted[i], &action, &before_[i]);
}

SignalsNoted::~SignalsNoted() {
  for (std::size_t i = 0; i < noted.size(); ++i) sigaction(noted[i], &before_[i], nullptr);
}

int SignalsNoted::latest() { return arrived.load(std::memory_order_relaxed); }

}  // namespace vireo::app
