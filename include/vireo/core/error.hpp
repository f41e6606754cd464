#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace vireo {

/// What an error is about. The exit code that the program `vireo` makes of it is in docs/command-line.md.
enum class ErrorKind : std::uint8_t {
  internal,   ///< a defect of Vireo, ranks that disagree, or an exception that is not one of Vireo's
  usage,      ///< settings; nothing was computed
  data,       ///< missing, malformed or incompatible data or file
  numerical,  ///< diverged or not finite
  io,         ///< a file could not be written
};

/// An error that ends a run. The text is one line, and names the setting, file or line.
class Error : public std::runtime_error {
 public:
  /// `text` is one line, without a line end.
  Error(ErrorKind kind, const std::string& text) : std::runtime_error(text), kind_(kind) {}
  /// What the error is about
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

/// Settings with which a run is not possible.
class UsageError : public Error {
 public:
  /// The caller knows which setting the text is about.
  explicit UsageError(const std::string& text) : Error(ErrorKind::usage, text), reason_(text) {}
  /// `setting` is what the text is about, such as "uplink". If the text is about the use of a plug-in, its
  /// name follows after a space: "method eag". what() is "<setting>: <reason>". The program puts in place of
  /// the setting where it was given: "--uplink", "run.ini:3: uplink".
  UsageError(const std::string& setting, const std::string& reason)
      : Error(ErrorKind::usage, setting + ": " + reason), setting_(setting), reason_(reason) {}

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
  /// of kind `data`
  explicit DataError(const std::string& text) : Error(ErrorKind::data, text) {}
};
/// The run diverged, or a number is not finite.
struct NumericalError : Error {
  /// of kind `numerical`
  explicit NumericalError(const std::string& text) : Error(ErrorKind::numerical, text) {}
};
/// A file that cannot be written.
struct IoError : Error {
  /// of kind `io`
  explicit IoError(const std::string& text) : Error(ErrorKind::io, text) {}
};

/// Another rank failed. The error of that rank is the one to report, once.
class PeerFailure : public Error {
 public:
  /// Kind and text of the error of the rank that failed
  PeerFailure(ErrorKind kind, const std::string& cause) : Error(kind, "another rank failed"), cause_(cause) {}
  /// The text of that error, for those who cannot see what the other rank reports
  [[nodiscard]] const std::string& cause() const noexcept { return cause_; }

 private:
  std::string cause_;
};

}  // namespace vireo
