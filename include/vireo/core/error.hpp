#pragma once

#include <stdexcept>
#include <string>

namespace vireo {

/// What the program returns, and why (the table of exit codes in docs/command-line.md).
enum class ExitCode : int {
  ok = 0,
  internal = 1,   ///< a defect of Vireo, or ranks that disagree
  usage = 2,      ///< options or configuration; nothing was computed
  data = 3,       ///< missing, malformed or incompatible data or file
  numerical = 4,  ///< diverged or not finite; `verify` disagrees
  limit = 5,      ///< a limit was reached before the tolerance
  io = 6,         ///< a file could not be written
  requeue = 75,   ///< stopped early with a good checkpoint
};

/// An error that ends the run with an exit code. The text is one line, and names the setting, file or line.
class Error : public std::runtime_error {
 public:
  /// `text` is one line, without a line end.
  Error(ExitCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  /// The exit code of the program
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// Settings with which a run is not possible.
class UsageError : public Error {
 public:
  /// Exit code 2. The caller knows which setting the text is about.
  explicit UsageError(const std::string& text) : Error(ExitCode::usage, text), reason_(text) {}
  /// `setting` is what the text is about, such as "uplink". If the text is about the use of a plug-in, its
  /// name follows after a space: "method eag". what() is "<setting>: <reason>". The program puts in place of
  /// the setting where it was given: "--uplink", "run.ini:3: uplink".
  UsageError(const std::string& setting, const std::string& reason)
      : Error(ExitCode::usage, setting + ": " + reason), setting_(setting), reason_(reason) {}

  /// The setting; empty if the caller knows it
  [[nodiscard]] const std::string& setting() const noexcept { return setting_; }
  /// The text without the setting
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  std::string setting_;
  std::string reason_;
};
/// A file that is missing, malformed, or does not fit.
struct DataError : Error {
  /// Exit code 3
  explicit DataError(const std::string& text) : Error(ExitCode::data, text) {}
};
/// The run diverged, or a number is not finite.
struct NumericalError : Error {
  /// Exit code 4
  explicit NumericalError(const std::string& text) : Error(ExitCode::numerical, text) {}
};
/// A file that cannot be written.
struct IoError : Error {
  /// Exit code 6
  explicit IoError(const std::string& text) : Error(ExitCode::io, text) {}
};

/// Another rank failed. The error of that rank is the one to report.
struct PeerFailure : Error {
  /// `code` is the exit code of the rank that failed.
  explicit PeerFailure(ExitCode code) : Error(code, "another rank failed") {}
};

}  // namespace vireo
