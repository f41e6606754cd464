#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Numbers and paragraphs as people like to read them.
namespace vireo::app {

/// "1,234,567"
[[nodiscard]] std::string grouped(std::int64_t value);
/// "999 B", "1.23 MB" (powers of 1000, as networks count)
[[nodiscard]] std::string human_bytes(double bytes);
/// "12 us", "1.23 s", "2 min 5 s", "3 h 20 min", "4 d 2 h"
[[nodiscard]] std::string human_seconds(double seconds);
/// Four digits: "0.001235", "1.235e-09"; "not a number" and "infinite" in words
[[nodiscard]] std::string short_real(double value);
/// "1 row", "2 rows"
[[nodiscard]] std::string counted(std::int64_t count, const std::string& noun);

/// The text as one word of a shell: in quotes where it has characters that mean something there
[[nodiscard]] std::string shell_quoted(const std::string& text);

/// "node1 (16 ranks), node2 (16 ranks)"
[[nodiscard]] std::string host_list(const std::vector<std::string>& host_of_rank);

/// Breaks at spaces, and words longer than a line after commas, so that no line is longer than `width` (a longer word
/// without commas aside); all lines but the first start with `indent` spaces. `used` columns of the first line are
/// taken already.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t indent, std::size_t used,
                                  std::size_t width = 100);

/// Columns for names in what is printed of a run, so that its tables line up
inline constexpr std::size_t name_width = 13;

/// Names in one column, texts in the next, wrapped; each line starts with two spaces. Either may come out of a file that
/// somebody has sent: control characters are shown, not sent to the terminal.
class Table {
 public:
  void add(const std::string& name, const std::string& text);
  /// A text that somebody may copy into a shell: in one line, however long it is, with its spaces as they are.
  void add_command(const std::string& name, const std::string& text);
  /// at least `least_width` columns for the names, so that several tables line up
  [[nodiscard]] std::string text(std::size_t least_width = 0) const;

 private:
  struct Row {
    std::string name, text;
    bool is_command;
  };
  std::vector<Row> rows_;
};

}  // namespace vireo::app
