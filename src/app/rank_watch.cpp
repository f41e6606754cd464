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

namespace vireo::app {

namespace {

/// Rank 0 speaks first; if it is the one that hangs, another does, a little later.
constexpr double seconds_between_ranks = 1;
constexpr int most_waiting = 8;

}  // namespace

RankWatch::RankWatch(const Communicator& comm, double seconds)
    : rank_(comm.rank()), host_(comm.host()), seconds_(seconds) {
  if (seconds <= 0 || comm.size() == 1) return;
  thread_ = std::thread([this] { watch(seconds_ + seconds_between_ranks * std::min(rank_, most_waiting)); });
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

void RankWatch::watch(double seconds) {
  const std::chrono::duration<double> patience(seconds);
  std::unique_lock lock(mutex_);
  for (auto seen = beats_.load();;) {
    if (ended_.wait_for(lock, patience, [&] { return over_; })) return;
    const auto now = beats_.load();
    if (now == seen) give_up();
    seen = now;
  }
}

void RankWatch::give_up() const {
  // A rank that the launcher is ending already, because another one has spoken, says nothing more.
  if (rank_ == 0 || latest_signal() != SIGTERM) {
    const auto line = fmt::format(
        "vireo: error: no iteration has ended for {} (--rank-timeout): a rank does not answer [rank {} on {}]\n",
        human_seconds(seconds_), rank_, host_);
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fflush(stderr);
  }
  comm::Settlement::abort(static_cast<int>(ExitCode::internal));
}

}  // namespace vireo::app
