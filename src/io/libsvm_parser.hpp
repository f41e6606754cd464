#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "io/libsvm.hpp"

namespace vireo::libsvm {

/// Turns lines of LIBSVM text into rows, up to the first wrong line.
class Parser {
 public:
  /// Appends the rows of whole lines. false: line number lines() (from 0, over all calls) is wrong, see trouble()
  [[nodiscard]] bool parse(std::string_view text);

  /// Makes room at once for about `scale` times what is held: growing step by step would touch twice the memory.
  void expect(double scale);

  /// lines read so far, blank ones included
  [[nodiscard]] std::uint64_t lines() const { return lines_; }
  /// what is wrong with the line after these; empty: nothing
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  /// the largest index so far, from 1; 0: none
  [[nodiscard]] std::uint64_t features() const { return features_; }

  [[nodiscard]] const linalg::SparseRows& rows() const { return rows_; }
  [[nodiscard]] linalg::SparseRows take_rows() { return std::move(rows_); }

 private:
  bool parse_line(const char* p, const char* end);

  linalg::SparseRows rows_;
  std::uint64_t lines_ = 0;
  std::uint64_t features_ = 0;
  std::string trouble_;
};

}  // namespace vireo::libsvm
