#include "support/test_agreement.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

namespace vireo::test {
namespace {

constexpr double patience_seconds = 10;

std::string name_of(const ::testing::TestInfo& test) { return std::string(test.test_suite_name()) + "." + test.name(); }

}  // namespace

TestAgreement::TestAgreement() { MPI_Comm_dup(MPI_COMM_WORLD, &comm_); }

TestAgreement::~TestAgreement() { MPI_Comm_free(&comm_); }

void TestAgreement::OnTestEnd(const ::testing::TestInfo& test) {
  using std::chrono::steady_clock;
  const int mine = test.result()->Failed() ? 1 : 0;
  int any = mine;
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Iallreduce(&mine, &any, 1, MPI_INT, MPI_MAX, comm_, &request);
  const auto start = steady_clock::now();
  for (int done = 0;;) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done != 0) break;
    if (mine != 0 && steady_clock::now() - start > std::chrono::duration<double>(patience_seconds)) {
      std::fprintf(stderr, "%s failed and other ranks do not come: they may wait for this one\n",
                   name_of(test).c_str());
      std::fflush(nullptr);
      MPI_Abort(MPI_COMM_WORLD, 1);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
  failed_ = failed_ || any != 0;
}

// Kept here because GoogleTest holds its mutex while it reports a failure: current_test_info() would wait for it for
// ever.
void FailurePrinter::OnTestStart(const ::testing::TestInfo& test) { test_ = name_of(test); }

void FailurePrinter::OnTestPartResult(const ::testing::TestPartResult& result) {
  if (!result.failed()) return;
  std::printf("[rank %d] %s, %s:%d: %s\n", rank_, test_.c_str(),
              result.file_name() != nullptr ? result.file_name() : "?", result.line_number(), result.message());
  std::fflush(stdout);
}

}  // namespace vireo::test
