#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "vireo/comm/communicator.hpp"

namespace vireo::app {

/// Ends the job if no iteration ends for a while, or if the ranks do nothing together for as long before the first one:
/// a rank that is stopped, or hangs, makes all others wait for ever, and neither MPI nor its launcher notices. A thread
/// of its own watches, since the ranks' own wait in MPI, or hang themselves.
class RankWatch {
 public:
  /// On all ranks of the job; for simulated ranks, in their process once. seconds: 0 watches nothing
  RankWatch(const Communicator& world, double seconds);
  RankWatch(const RankWatch&) = delete;
  RankWatch& operator=(const RankWatch&) = delete;
  ~RankWatch();

  /// An iteration has ended: this rank is alive, and has heard of all others.
  void beat() { ++beats_; }

 private:
  /// Iterations, and before the first one what the ranks have done together.
  struct Progress {
    std::uint64_t iterations;
    std::uint64_t of_set_up;
    bool operator==(const Progress&) const = default;
  };
  [[nodiscard]] Progress progress() const;
  void watch(double seconds);
  void give_up(bool in_set_up) const;

  int rank_;
  bool alone_;
  std::string host_;
  double seconds_;
  std::atomic<std::uint64_t> beats_{0};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace vireo::app
