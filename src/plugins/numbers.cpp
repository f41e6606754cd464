#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/printable.hpp"
#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

[[noreturn]] void fail(const std::string& what, const std::string& text, const char* problem) {
  throw UsageError(what + ": '" + printable(text) + "' " + problem);
}

/// std::from_chars takes a minus, but no plus.
std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+') text.remove_prefix(1);
  return text;
}

bool is_digit(char c) { return '0' <= c && c <= '9'; }

/// A decimal number as digits (an integer without leading or trailing zeros) times 10^exponent.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
};

/// [-]digits[.digits][e[+-]digits], false if the text is anything else
bool read_decimal(std::string_view text, Decimal& out) {
  std::size_t at = 0;
  const auto more = [&] { return at < text.size(); };
  if (more() && text[at] == '-') {
    out.negative = true;
    ++at;
  }
  const std::size_t first = at;
  for (; more() && is_digit(text[at]); ++at) out.digits += text[at];
  if (at == first) return false;
  if (more() && text[at] == '.')
    for (++at; more() && is_digit(text[at]); ++at) {
      out.digits += text[at];
      --out.exponent;
    }
  if (more() && (text[at] == 'e' || text[at] == 'E')) {
    std::int64_t exponent = 0;
    const auto tail = without_plus(text.substr(at + 1));
    const auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), exponent);
    if (error == std::errc::invalid_argument || end != tail.data() + tail.size()) return false;
    // as good as infinite where it does not fit
    constexpr std::int64_t huge = std::int64_t{1} << 60;
    if (error != std::errc{} || exponent > huge || exponent < -huge) exponent = tail[0] == '-' ? -huge : huge;
    out.exponent += exponent;
    at = text.size();
  }
  if (more()) return false;

  out.digits.erase(0, std::min(out.digits.find_first_not_of('0'), out.digits.size()));
  while (!out.digits.empty() && out.digits.back() == '0') {
    out.digits.pop_back();
    ++out.exponent;
  }
  return true;
}

}  // namespace

double parse_real(const std::string& what, const std::string& text) {
  const auto number = without_plus(text);
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error == std::errc::invalid_argument || end != number.data() + number.size() || std::isnan(value))
    fail(what, text, "is not a number");
  if (error == std::errc::result_out_of_range) fail(what, text, "is too large or too small for a float64");
  return value;
}

std::int64_t parse_integer(const std::string& what, const std::string& text) {
  Decimal decimal;
  if (!read_decimal(without_plus(text), decimal)) fail(what, text, "is not a whole number");
  if (decimal.digits.empty()) return 0;
  if (decimal.exponent < 0) fail(what, text, "is not a whole number");

  constexpr const char* too_large = "does not fit a whole number of 64 bits";
  if (decimal.exponent > 18) fail(what, text, too_large);
  const auto plain =
      (decimal.negative ? "-" : "") + decimal.digits + std::string(static_cast<std::size_t>(decimal.exponent), '0');
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error != std::errc{}) fail(what, text, too_large);
  return value;
}

std::string format_real(double value) {
  std::array<char, 32> buffer{};
  if (std::isnan(value)) return "nan";
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

}  // namespace vireo
