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

/// Whether a person watches standard output on a terminal. Open MPI's launcher gives each rank a pseudo-terminal
/// whatever its own output is: then it is the launcher's that counts.
[[nodiscard]] bool on_terminal();

/// Columns of that terminal; 80 where it does not say.
[[nodiscard]] std::size_t terminal_width();

}  // namespace vireo::app
