#include "comm/stuck.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "comm/settlement.hpp"

namespace vireo::comm {

namespace {

std::atomic<int> status_of_stuck{EXIT_FAILURE};

}  // namespace

Stuck::Stuck(double seconds, std::string text)
    : thread_([this, seconds, line = "vireo: error: " + std::move(text) + "\n"] {
        std::unique_lock lock(mutex_);
        if (ended_.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return over_; })) return;
        std::fputs(line.c_str(), stderr);
        std::fflush(stderr);
        Settlement::abort(status_of_stuck);
      }) {}

Stuck::~Stuck() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

void Stuck::end_with(int status) { status_of_stuck = status; }

}  // namespace vireo::comm
