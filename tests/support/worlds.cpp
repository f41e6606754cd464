#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "support/mpi_world.hpp"
#include "vireo/comm/simulated.hpp"

namespace vireo::test {
namespace {

Communicator* world = nullptr;

}  // namespace

void set_mpi_world(Communicator* comm) { world = comm; }

Communicator& mpi_world() {
  if (world == nullptr) throw std::logic_error("the tests do not run yet: link vireo_test_support's main");
  return *world;
}

void on_simulated(int ranks, const Body& body) { run_simulated(ranks, NetworkModel{}, body); }

void on_every_world(const Body& body) {
  {
    SCOPED_TRACE("all processes, " + std::to_string(mpi_world().size()) + " ranks");
    body(mpi_world());
  }
  if (mpi_world().size() > 1) return;
  for (const int ranks : {1, 2, 3, 5, 8})
    on_simulated(ranks, [&](Communicator& comm) {
      SCOPED_TRACE("simulated, rank " + std::to_string(comm.rank()) + " of " + std::to_string(comm.size()));
      body(comm);
    });
}

bool is_same_on_all_ranks(Communicator& comm, std::span<const std::byte> bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  const auto least = combine(comm, size, Reduction::minimum);
  if (least != combine(comm, size, Reduction::maximum)) return false;
  std::vector<std::byte> first(bytes.begin(), bytes.end());
  comm.broadcast(first, 0);
  const bool same = std::equal(bytes.begin(), bytes.end(), first.begin());
  return combine(comm, same ? 1 : 0, Reduction::minimum) == 1;
}

}  // namespace vireo::test
