// Tests that fail on rank 1 only; run by support_test.
#include <gtest/gtest.h>

#include <stdexcept>

#include "support/worlds.hpp"

namespace vireo::test {
namespace {

TEST(OneRank, Fails) {
  if (mpi_world().rank() == 1) ADD_FAILURE() << "only here";
}

TEST(OneRank, Passes) { mpi_world().barrier(); }

TEST(OneRank, LeavesTheOthersWaiting) {
  if (mpi_world().rank() == 1) throw std::runtime_error("gone");
  mpi_world().barrier();
}

}  // namespace
}  // namespace vireo::test
