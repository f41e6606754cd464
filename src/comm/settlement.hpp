#pragma once

#include <exception>
#include <optional>
#include <string>

#include "comm/mpi_header.hpp"
#include "comm/rank_ending.hpp"

namespace vireo::comm {

/// How all ranks of an MPI job agree on its end. Needs a communicator that nothing else uses.
///
/// - Every rank brings its outcome to one nonblocking reduction, whose minimum is the job's outcome. A rank that waits
///   for it sleeps between looks. A rank that has not failed waits without a limit.
/// - A rank that failed waits for `patience_seconds` only, because its peers may hang in a call that it never joins. It
///   waits twice as long if its error is a PeerFailure, so that the rank which failed first can report.
/// - When its patience ends, it claims the report by a message to all ranks, and waits 0.25 seconds for other claims.
///   The first claim in the order of outcomes wins: a rank's own error before a PeerFailure, then the lower rank.
/// - The winner reports its error, as one line, and ends the job by MPI_Abort with its status.
/// - A rank that finds another's claim when its patience ends, or loses against one, does not report. It gives the
///   winner 5 seconds to end the job, then calls MPI_Abort with the winner's status.
class Settlement {
 public:
  Settlement(MPI_Comm comm, std::string host, const std::exception_ptr& failure, const RankEnding& mine);

  /// Collective. Returns the job's outcome, the same on all ranks, or ends the job by MPI_Abort.
  [[nodiscard]] RankEnding agree(double patience_seconds);

  /// Writes this rank's error to stderr, as one line.
  void report() const;

  /// Ends the whole job at once, or this process where there is no MPI. `status` is that of its processes.
  [[noreturn]] static void abort(int status);

 private:
  /// Returns false if the reduction is not complete after `seconds`.
  [[nodiscard]] bool agreed_within(double seconds);
  /// Tells all other ranks that this one is about to report.
  void claim() const;
  /// Of the claims that have arrived since the last call: the one that wins over the others
  [[nodiscard]] std::optional<RankEnding> first_claim() const;

  MPI_Comm comm_;
  int size_ = 1;
  std::string host_;
  std::exception_ptr failure_;
  RankEnding mine_;
  MPI_Request request_ = MPI_REQUEST_NULL;
};

}  // namespace vireo::comm
