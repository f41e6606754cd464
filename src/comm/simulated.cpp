#include "vireo/comm/simulated.hpp"

#include <cstdlib>
#include <thread>

#include "comm/rank_ending.hpp"
#include "comm/simulated_communicator.hpp"

namespace vireo {
namespace {

/// The failure to report: the lowest rank's own error, else the lowest peer failure, else null.
std::exception_ptr first_failure(const std::vector<std::exception_ptr>& failures) {
  std::exception_ptr first;
  comm::RankEnding best;
  for (std::size_t r = 0; r < failures.size(); ++r) {
    const auto outcome = comm::RankEnding::of(static_cast<int>(r), EXIT_SUCCESS, failures[r]);
    if (outcome.packed() >= best.packed()) continue;
    best = outcome;
    first = failures[r];
  }
  return first;
}

}  // namespace

void run_simulated(int ranks, const NetworkModel& network, const std::function<void(Communicator&)>& rank_main) {
  comm::SimulatedWorld world(network, ranks);
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(ranks));
  const auto run = [&](int rank) {
    auto& failure = failures[static_cast<std::size_t>(rank)];
    try {
      comm::SimulatedCommunicator comm(world, rank);
      rank_main(comm);
    } catch (...) {
      failure = std::current_exception();
    }
    world.leave(rank, failure);
  };

  std::vector<std::thread> threads;
  threads.reserve(failures.size());
  for (int rank = 0; rank < ranks; ++rank) {
    try {
      threads.emplace_back(run, rank);
    } catch (const std::exception& error) {  // no more threads: the rank fails before its first step
      auto& failure = failures[static_cast<std::size_t>(rank)];
      failure = std::make_exception_ptr(
          Error(ErrorKind::internal, "cannot start simulated rank " + std::to_string(rank) + ": " + error.what()));
      world.leave(rank, failure);
    }
  }
  for (auto& thread : threads) thread.join();
  if (const auto failure = first_failure(failures)) std::rethrow_exception(failure);
}

}  // namespace vireo
