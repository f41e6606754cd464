#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "vireo/comm/communicator.hpp"

namespace vireo::test {

using Body = std::function<void(Communicator&)>;

/// All processes of the test program: MPI's under a launcher, and one simulated rank without.
[[nodiscard]] Communicator& mpi_world();

/// Runs `body` on simulated ranks, and throws what run_simulated throws. Under mpirun each process runs it, alike.
void on_simulated(int ranks, const Body& body);

/// Runs `body` on the world of the test program and, in a program of one process, also on simulated worlds of 1, 2, 3, 5
/// and 8 ranks: list RANKS 1 among the others in vireo_test, and all are covered once.
void on_every_world(const Body& body);

/// Whether all ranks hold the same bytes; the answer is the same on all ranks.
[[nodiscard]] bool is_same_on_all_ranks(Communicator& comm, std::span<const std::byte> bytes);
template <class T>
[[nodiscard]] bool is_same_on_all_ranks(Communicator& comm, const T& container) {
  return is_same_on_all_ranks(comm, std::as_bytes(std::span(container)));
}

}  // namespace vireo::test
