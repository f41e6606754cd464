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

/// What this program makes of a kind of error is its own affair.
int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
      return 2;
    case ErrorKind::data:
      return 3;
    case ErrorKind::numerical:
      return 4;
    case ErrorKind::io:
      return 6;
    case ErrorKind::internal:
      break;
  }
  return 0;  // the session makes 1 of it
}

int act(Communicator& comm, const std::string& mode) {
  const int rank = comm.rank();
  const int last = comm.size() - 1;
  if (mode == "success") return 0;
  if (mode == "limit") return 5;
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
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  MpiSession session(&argc, &argv);
  int status = 0;
  std::exception_ptr failure;
  try {
    status = act(session.world(), argc > 1 ? argv[1] : "");
  } catch (...) {
    failure = std::current_exception();
    status = status_of(kind_of(failure));
  }
  std::printf("rank %d settles\n", session.world().rank());
  const auto agreed = session.settle(status, failure);
  std::printf("rank %d returns %d\n", session.world().rank(), agreed);
  return agreed;
}
