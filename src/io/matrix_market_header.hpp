#pragma once

#include <cstdint>
#include <string>

#include "io/text_stream.hpp"

namespace vireo::io {

/// The beginning of a Matrix Market file.
struct MatrixMarketHeader {
  enum class Symmetry : std::uint8_t { general, symmetric, skew };
  bool dense = false;
  bool pattern = false;
  Symmetry symmetry = Symmetry::general;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  std::uint64_t lines = 0;      ///< entries that the body lists
  std::uint64_t body = 0;       ///< byte of the text where the body begins
  std::uint64_t body_line = 1;  ///< its line number, from 1

  /// throws DataError "PATH:LINE: what is wrong"
  static MatrixMarketHeader read(TextStream& text, const std::string& path);
};

}  // namespace vireo::io
