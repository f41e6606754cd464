#pragma once

#include <cstddef>
#include <string>

namespace vireo::app {

/// Standard output, of rank 0 alone: elsewhere nothing is printed.
class Console {
 public:
  explicit Console(bool speaks) : speaks_(speaks) {}
  /// throws IoError where the text can not be written: a result that is lost is no success
  void print(const std::string& text) const;
  [[nodiscard]] bool speaks() const { return speaks_; }

 private:
  bool speaks_;
};

/// Standard output of a run, of rank 0 alone. A run that nobody listens to is carried on to its end: what cannot be
/// written is told then.
class PatientConsole {
 public:
  explicit PatientConsole(bool speaks) : speaks_(speaks) {}
  /// Prints nothing any more after a text that could not be written.
  void print(const std::string& text);
  /// throws IoError if a text could not be written; not where the terminal was closed, which the run has heeded as HUP
  void check() const;

 private:
  bool speaks_;
  int failure_ = 0;  ///< the system's number of the error; 0: none
};

/// Open MPI's launcher takes what the ranks print, and says nothing to them when it cannot write it. throws IoError if
/// its standard output is a pipe that nobody reads or a device that takes nothing. A file on a disk that is full cannot
/// be told, and neither can a launcher on another host.
void check_output_of_launcher();

/// Whether a person watches standard output on a terminal. Open MPI's launcher gives each rank a pseudo-terminal
/// whatever its own output is: then it is the launcher's that counts.
[[nodiscard]] bool on_terminal();

/// Columns of that terminal; 80 where it does not say.
[[nodiscard]] std::size_t terminal_width();

}  // namespace vireo::app
