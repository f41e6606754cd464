#pragma once

#include <exception>
#include <optional>
#include <string>

#include "comm/mpi_header.hpp"
#include "comm/outcome.hpp"

namespace vireo {

/// How all ranks of an MPI job agree on its end, on a communicator that nothing else uses.
///
/// The agreement is a nonblocking reduction, so that a rank that waits for the others sleeps, and a failed one
/// can stop waiting. It does so when its patience ends: the others may hang in a call that this rank never joins. It
/// then claims the report (several ranks may be at this point, one line is wanted) by a message to all, and unless
/// another rank has claimed before, or claims too and comes first, reports and ends the job by MPI_Abort.
class Settlement {
 public:
  Settlement(MPI_Comm comm, std::string host, const std::exception_ptr& failure, const Outcome& mine);

  /// the job's outcome; may not return (MPI_Abort)
  [[nodiscard]] Outcome agree(double patience_seconds);

  /// one line on stderr
  void report() const;

  [[noreturn]] static void abort(ExitCode code);

 private:
  [[nodiscard]] bool agreed_within(double seconds);
  void claim() const;
  [[nodiscard]] std::optional<Outcome> first_claim() const;

  MPI_Comm comm_;
  int size_ = 1;
  std::string host_;
  std::exception_ptr failure_;
  Outcome mine_;
  MPI_Request request_ = MPI_REQUEST_NULL;
};

}  // namespace vireo
