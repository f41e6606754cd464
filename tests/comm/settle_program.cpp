// A program whose ranks end in the way that its argument says; run by settle_test.
#include <chrono>
#include <cstdio>
#include <new>
#include <string>
#include <thread>

#include "vireo/comm/collectively.hpp"
#include "vireo/comm/mpi.hpp"

namespace {

using namespace vireo;

ExitCode act(Communicator& comm, const std::string& mode) {
  const int rank = comm.rank();
  const int last = comm.size() - 1;
  if (mode == "success") return ExitCode::ok;
  if (mode == "limit") return ExitCode::limit;
  if (mode == "all-throw") throw UsageError("unknown method 'mash1'");
  if (mode == "one-throws-others-end" && rank == last) throw IoError("disk\nfull");
  if (mode == "one-throws-others-wait") {
    if (rank == last) throw DataError("row 7 is bad");
    comm.barrier();
  }
  if (mode == "first-waits-others-throw") {
    if (rank > 0) throw DataError("row 7 is bad");
    comm.barrier();
  }
  if (mode == "agreed") {
    collectively(comm, [&] {
      if (rank == last) throw NumericalError("not finite");
    });
  }
  if (mode == "out-of-memory" && rank == 0) throw std::bad_alloc();
  if (mode == "late-peer" && rank == last) std::this_thread::sleep_for(std::chrono::seconds(3));
  return ExitCode::ok;
}

}  // namespace

int main(int argc, char** argv) {
  MpiSession session(&argc, &argv);
  ExitCode code = ExitCode::ok;
  std::exception_ptr failure;
  try {
    code = act(session.world(), argc > 1 ? argv[1] : "");
  } catch (...) {
    failure = std::current_exception();
  }
  std::printf("rank %d settles\n", session.world().rank());
  const auto agreed = session.settle(code, failure);
  std::printf("rank %d returns %d\n", session.world().rank(), static_cast<int>(agreed));
  return static_cast<int>(agreed);
}
