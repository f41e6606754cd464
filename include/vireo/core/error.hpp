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

/// An error that ends the run with a code; the text is one line and names option, file and line.
class Error : public std::runtime_error {
 public:
  /// text: one line without an end
  Error(ExitCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
  /// what the program returns
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// Settings of a run that cannot be.
class UsageError : public Error {
 public:
  /// exit code 2. What the text is about is left to the caller, who knows which setting is at work
  explicit UsageError(const std::string& text) : Error(ExitCode::usage, text), reason_(text) {}
  /// setting: that the text is about, such as "uplink", and after a space the plug-in that it names, where the text is
  /// about its use: "method eag". what() is "<setting>: <reason>"; whoever knows where the setting was given says so in
  /// its place ("--uplink", "run.ini:3: uplink").
  UsageError(const std::string& setting, const std::string& reason)
      : Error(ExitCode::usage, setting + ": " + reason), setting_(setting), reason_(reason) {}

  /// empty: left to the caller
  [[nodiscard]] const std::string& setting() const noexcept { return setting_; }
  /// the text without the setting
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  std::string setting_;
  std::string reason_;
};
/// A file that is missing, malformed, or does not fit.
struct DataError : Error {
  /// exit code 3
  explicit DataError(const std::string& text) : Error(ExitCode::data, text) {}
};
/// The run diverged, or a number is not finite.
struct NumericalError : Error {
  /// exit code 4
  explicit NumericalError(const std::string& text) : Error(ExitCode::numerical, text) {}
};
/// A file that cannot be written.
struct IoError : Error {
  /// exit code 6
  explicit IoError(const std::string& text) : Error(ExitCode::io, text) {}
};

/// Another rank failed; its own error is the one to report.
struct PeerFailure : Error {
  /// code: that of the rank that failed
  explicit PeerFailure(ExitCode code) : Error(code, "another rank failed") {}
};

}  // namespace vireo
