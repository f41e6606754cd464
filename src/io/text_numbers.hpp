#pragma once

#include <charconv>
#include <cmath>
#include <string>
#include <string_view>

#include "core/printable.hpp"

/// Numbers in text files that Vireo reads.
namespace vireo::io {

/// Without the blanks around it
[[nodiscard]] inline std::string_view trimmed(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = line.find_first_not_of(blanks);
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(blanks) - first + 1);
}

/// Cuts the first word off a text; empty at its end
[[nodiscard]] inline std::string_view next_word(std::string_view& rest) {
  rest = trimmed(rest);
  const auto end = std::min(rest.find_first_of(" \t\r"), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

/// Reads a finite number as the C locale writes it, with an optional sign. Returns what is wrong; empty if nothing is.
[[nodiscard]] inline std::string read_number(std::string_view word, double& value) {
  std::string_view digits = word;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size())
    return quoted(word) + " is not a number";
  if (error == std::errc::result_out_of_range) return quoted(word) + " is outside the range of double precision";
  if (!std::isfinite(value)) return quoted(word) + " is not finite";
  return {};
}

}  // namespace vireo::io
