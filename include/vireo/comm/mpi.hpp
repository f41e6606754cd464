#pragma once

#include <exception>
#include <memory>
#include <string>

#include "vireo/comm/communicator.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

/// MPI_Init and MPI_Finalize as one object, made once in main. Does not show MPI's header to its users.
class MpiSession {
 public:
  /// throws Error(internal) with MPI's text
  MpiSession(int* argc, char*** argv);
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;
  ~MpiSession();

  /// All processes of the job. Every return code of MPI becomes an exception with MPI's text.
  [[nodiscard]] Communicator& world();

  /// Ends the job in agreement; called once by every rank, with what it caught or null. The error of the
  /// lowest rank that has one of its own is reported as one line on stderr ("vireo: error: ...", naming rank and host
  /// where more than one rank runs), and every rank returns its code. A failed rank whose peers do not come within
  /// `patience_seconds` (they hang in a call that can not complete) reports its error and ends the job by MPI_Abort
  /// with that code; of several such ranks the first to lose patience does, twice as late if all it has is a
  /// PeerFailure. Successful ranks wait without a limit, asleep.
  [[nodiscard]] ExitCode settle(ExitCode code, const std::exception_ptr& failure, double patience_seconds = 2.0);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vireo
