#include "app/exit_codes.hpp"

#include "vireo/comm/collectively.hpp"

namespace vireo::app {

ExitCode exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::internal:
      return ExitCode::internal;
    case ErrorKind::usage:
      return ExitCode::usage;
    case ErrorKind::data:
      return ExitCode::data;
    case ErrorKind::numerical:
      return ExitCode::numerical;
    case ErrorKind::io:
      return ExitCode::io;
  }
  return ExitCode::internal;
}

ExitCode exit_code_of(const std::exception_ptr& failure) { return exit_code_of(kind_of(failure)); }

const std::vector<ExitCodeMeaning>& exit_codes() {
  static const std::vector<ExitCodeMeaning> table = {
      {ExitCode::ok, "tolerance reached (or verify agrees, or all that check looks at holds); help, list, info done"},
      {ExitCode::internal, "internal error, also ranks whose iterates differ"},
      {ExitCode::usage, "usage or configuration error; nothing was computed"},
      {ExitCode::data, "missing, malformed or incompatible data or file"},
      {ExitCode::numerical,
       "numerical failure: diverged, not finite, or an objective below its reference; verify disagrees; "
       "check finds a fault"},
      {ExitCode::limit,
       "a limit or the level of rounding was reached before the tolerance, or a signal stopped the run and there is no "
       "checkpoint"},
      {ExitCode::io,
       "a file or standard output could not be written, or another run writes a file, or no checkpoint is whole"},
      {ExitCode::requeue, "a signal or --max-seconds stopped the run, and a good checkpoint was written: requeue"},
  };
  return table;
}

}  // namespace vireo::app
