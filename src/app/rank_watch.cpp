#include "app/rank_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "app/exit_codes.hpp"
#include "app/signals.hpp"
#include "app/text.hpp"
#include "comm/settlement.hpp"
#include "comm/signs_of_life.hpp"

namespace vireo::app {

namespace {

/// Rank 0 speaks first; if it is the one that hangs, another does, a little later.
constexpr double seconds_between_ranks = 2;
constexpr int most_waiting = 8;
/// 30 years: what is longer is so long that it never ends, and would overflow a clock that counts nanoseconds.
constexpr double longest_wait = 1e9;

}  // namespace

RankWatch::RankWatch(const Communicator& world, double seconds)
    : rank_(world.rank()), alone_(world.size() == 1), host_(world.host()), seconds_(seconds) {
  if (seconds <= 0) return;
  const double patience = std::min(seconds_, longest_wait) + seconds_between_ranks * std::min(rank_, most_waiting);
  thread_ = std::thread([this, patience] { watch(patience); });
}

RankWatch::~RankWatch() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  ended_.notify_all();
  thread_.join();
}

RankWatch::Progress RankWatch::progress() const {
  const auto iterations = beats_.load();
  return {iterations, iterations == 0 ? comm::signs_of_life().load() : 0};
}

void RankWatch::watch(double seconds) {
  const std::chrono::duration<double> patience(seconds);
  std::unique_lock lock(mutex_);
  for (auto seen = progress();;) {
    if (ended_.wait_for(lock, patience, [&] { return over_; })) return;
    const auto now = progress();
    if (now == seen) give_up(now.iterations == 0);
    seen = now;
  }
}

void RankWatch::give_up(bool in_set_up) const {
  // A rank that the launcher is ending already, because another one has spoken, says nothing more.
  if (rank_ == 0 || latest_signal() != SIGTERM) {
    const auto line =
        fmt::format("vireo: error: {} for {} (--rank-timeout): {}\n",
                    in_set_up ? "the set-up has stood still" : "no iteration has ended", human_seconds(seconds_),
                    alone_ ? "the process hangs" : fmt::format("a rank does not answer [rank {} on {}]", rank_, host_));
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
  }
  comm::Settlement::abort(static_cast<int>(ExitCode::internal));
}

}  // namespace vireo::app
