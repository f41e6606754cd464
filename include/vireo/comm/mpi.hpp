#pragma once

#include <exception>
#include <memory>
#include <string>

#include "vireo/comm/communicator.hpp"

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

  /// Ends the job in agreement. Called once by every rank, with the status that its process is to end with
  /// (0 to 255), and the exception that it caught, or null. With an exception the status is never 0: 1 is
  /// taken instead.
  ///
  /// - Every rank returns the same status. If no rank failed, it is that of the lowest rank whose status is
  ///   not 0, or 0.
  /// - If ranks failed, one error is reported on stderr, as one line ("vireo: error: ...", with rank and
  ///   host where more than one rank runs), and the status of its rank is returned. It is the error of the
  ///   lowest rank that has one of its own; a PeerFailure counts only if there is no other.
  /// - A rank that did not fail waits for the others without a limit, asleep.
  /// - A rank that failed waits `patience_seconds` for the others, or twice as long if its error is a
  ///   PeerFailure. If they have not come by then, because they hang in a call that cannot complete, it
  ///   reports its error and ends the job by MPI_Abort with its status. If several ranks come to this point,
  ///   one of them reports.
  [[nodiscard]] int settle(int status, const std::exception_ptr& failure, double patience_seconds = 2.0);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vireo
