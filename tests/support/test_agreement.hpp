#pragma once

#include <gtest/gtest.h>

#include <string>

#include "comm/mpi_header.hpp"

namespace vireo::test {

/// Lets all ranks agree after each test whether it failed on any of them.
///
/// A rank on which a test failed may have left the others behind in a collective call: it waits for them for a
/// while, then ends the job.
class TestAgreement final : public ::testing::EmptyTestEventListener {
 public:
  TestAgreement();
  ~TestAgreement() override;

  void OnTestEnd(const ::testing::TestInfo& test) override;

  /// on any rank
  [[nodiscard]] bool any_test_failed() const { return failed_; }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
  bool failed_ = false;
};

/// Prints failures only, with the rank: for all ranks but 0.
class FailurePrinter final : public ::testing::EmptyTestEventListener {
 public:
  explicit FailurePrinter(int rank) : rank_(rank) {}
  void OnTestStart(const ::testing::TestInfo& test) override;
  void OnTestPartResult(const ::testing::TestPartResult& result) override;

 private:
  int rank_;
  std::string test_ = "outside of a test";
};

}  // namespace vireo::test
