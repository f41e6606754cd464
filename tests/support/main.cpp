#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "io/examination.hpp"
#include "support/mpi_world.hpp"
#include "support/test_agreement.hpp"
#include "vireo/comm/mpi.hpp"
#include "vireo/comm/simulated.hpp"

namespace {

/// Non-zero on every rank if any test failed on any rank.
int run_all_tests(vireo::MpiSession& session) {
  using namespace vireo::test;
  set_mpi_world(&session.world());
  auto& listeners = ::testing::UnitTest::GetInstance()->listeners();
  auto* const agreement = new TestAgreement;  // GoogleTest owns its listeners
  listeners.Append(agreement);
  if (const int rank = session.world().rank(); rank != 0) {
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new FailurePrinter(rank));
  }
  const int own = RUN_ALL_TESTS();
  const bool failed = own != 0 || agreement->any_test_failed();
  if (failed && own == 0 && session.world().rank() == 0) std::cout << "[  FAILED  ] a test failed on another rank\n";
  delete listeners.Release(agreement);  // before MPI ends
  set_mpi_world(nullptr);
  return failed ? 1 : 0;
}

/// Without a launcher there is one rank, which needs no MPI, as in the program itself: half a second for each test program.
int run_all_tests_alone() {
  int result = 1;
  vireo::run_simulated(1, {}, [&](vireo::Communicator& alone) {
    vireo::test::set_mpi_world(&alone);
    result = RUN_ALL_TESTS();
    vireo::test::set_mpi_world(nullptr);
  });
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto code = vireo::io::serve_examination(argc, argv)) return *code;
  ::testing::InitGoogleMock(&argc, argv);
  if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr && std::getenv("PMI_SIZE") == nullptr)
    return run_all_tests_alone();
  vireo::MpiSession session(&argc, &argv);
  const int result = run_all_tests(session);
  return session.settle(result, nullptr);
}
