#include "io/matrix_market_header.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "io/text_lines.hpp"
#include "io/text_numbers.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {
namespace {

constexpr std::uint64_t largest_size = std::uint64_t{1} << 31;

/// Reads the head line by line.
class Head {
 public:
  Head(TextStream& text, const std::string& path)
      : path_(path), lines_([&text](std::span<char> out) { return text.read(out); }, 4096) {}

  /// false at the end of the file; the line has no newline
  bool next(std::string_view& line) {
    if (block_.empty()) block_ = lines_.next();
    if (block_.empty()) return false;
    const auto end = std::min(block_.find('\n'), block_.size());
    line = trimmed(block_.substr(0, end));
    const auto whole = std::min(end + 1, block_.size());
    block_.remove_prefix(whole);
    done_ += whole;
    ++number_;
    return true;
  }
  [[nodiscard]] std::uint64_t bytes() const { return done_; }
  [[nodiscard]] std::uint64_t lines() const { return number_; }
  [[noreturn]] void refuse(const std::string& trouble) const {
    throw DataError(path_ + ":" + std::to_string(std::max<std::uint64_t>(1, number_)) + ": " + trouble);
  }

 private:
  const std::string& path_;
  WholeLines lines_;
  std::string_view block_;
  std::uint64_t done_ = 0;
  std::uint64_t number_ = 0;
};

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

void read_kind(const Head& head, std::string_view line, MatrixMarketHeader& out) {
  std::array<std::string, 5> words;
  for (auto& word : words) word = lower(next_word(line));
  const auto& [banner, object, form, field, symmetry] = words;
  if (banner != "%%matrixmarket")
    head.refuse("not a Matrix Market file: its first line begins with " + vireo::quoted(banner));
  if (object != "matrix") head.refuse("holds " + vireo::quoted(object) + ", not a matrix");
  if (form != "coordinate" && form != "array")
    head.refuse("format " + vireo::quoted(form) + " is not coordinate or array");
  if (field != "real" && field != "integer" && field != "double" && field != "pattern")
    head.refuse("entries of kind " + vireo::quoted(field) + " are not real, integer or pattern");
  if (symmetry != "general" && symmetry != "symmetric" && symmetry != "skew-symmetric")
    head.refuse("symmetry " + vireo::quoted(symmetry) + " is not general, symmetric or skew-symmetric");
  out.dense = form == "array";
  out.pattern = field == "pattern";
  if (out.dense && out.pattern) head.refuse("an array has no pattern");
  using Kind = MatrixMarketHeader::Symmetry;
  out.symmetry = symmetry == "general" ? Kind::general : symmetry == "symmetric" ? Kind::symmetric : Kind::skew;
}

void read_sizes(const Head& head, std::string_view line, MatrixMarketHeader& out) {
  const auto number = [&](const char* what, std::uint64_t most) {
    const auto word = next_word(line);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (word.empty()) head.refuse(std::string("the line of sizes has no ") + what);
    if (error != std::errc{} || end != word.data() + word.size() || value > most)
      head.refuse(std::string(what) + " " + vireo::quoted(word) + " is not a whole number up to " +
                  std::to_string(most));
    return value;
  };
  out.rows = number("number of rows", largest_size);
  out.columns = number("number of columns", largest_size);
  if (out.rows == 0 || out.columns == 0) head.refuse("a matrix without rows or columns");
  if (out.symmetry != MatrixMarketHeader::Symmetry::general && out.rows != out.columns)
    head.refuse("a symmetric or skew-symmetric matrix must be square");
  if (out.dense) {
    const std::uint64_t n = out.rows;
    out.lines = out.symmetry == MatrixMarketHeader::Symmetry::general     ? n * out.columns
                : out.symmetry == MatrixMarketHeader::Symmetry::symmetric ? n * (n + 1) / 2
                                                                          : n * (n - 1) / 2;
  } else {
    out.lines = number("number of entries", largest_size * largest_size);
  }
  if (!trimmed(line).empty()) head.refuse("the line of sizes goes on: " + vireo::quoted(trimmed(line)));
}

}  // namespace

MatrixMarketHeader MatrixMarketHeader::read(TextStream& text, const std::string& path) {
  Head head(text, path);
  MatrixMarketHeader out;
  std::string_view line;
  do {
    if (!head.next(line)) head.refuse("the file is empty");
  } while (line.empty());
  read_kind(head, line, out);
  do {
    if (!head.next(line)) head.refuse("the line of sizes is missing");
  } while (line.empty() || line.starts_with('%'));
  read_sizes(head, line, out);
  out.body = head.bytes();
  out.body_line = head.lines() + 1;
  return out;
}

}  // namespace vireo::io
