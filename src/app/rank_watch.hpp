#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "vireo/comm/communicator.hpp"

namespace vireo::app {

/// Ends the job if no iteration ends for a while: a rank that is stopped, or hangs, makes all others wait for ever, and
/// neither MPI nor its launcher notices. A thread of its own watches, since the ranks' own wait in MPI.
class RankWatch {
 public:
  /// seconds: 0 watches nothing
  RankWatch(const Communicator& comm, double seconds);
  RankWatch(const RankWatch&) = delete;
  RankWatch& operator=(const RankWatch&) = delete;
  ~RankWatch();

  /// This rank is alive, and has heard of all others.
  void beat() { ++beats_; }

 private:
  void watch(double seconds);
  void give_up() const;

  int rank_;
  std::string host_;
  double seconds_;
  std::atomic<std::uint64_t> beats_{0};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace vireo::app
