#include "app/units.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <initializer_list>
#include <string_view>

#include "core/printable.hpp"
#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::app {

namespace {

struct Unit {
  std::string_view name;
  double factor;
};

[[noreturn]] void refuse(const std::string& text, std::string_view wanted) {
  throw UsageError(fmt::format("'{}' is not {}", printable(text), wanted));
}

/// The number at the beginning of the text times the factor of the unit after it.
double parse_with_unit(const std::string& text, std::initializer_list<Unit> units, std::string_view wanted) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || !std::isfinite(number)) refuse(text, wanted);
  std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  for (const auto& unit : units)
    if (rest == unit.name) {
      const double value = number * unit.factor;
      if (std::isfinite(value)) return value;
    }
  refuse(text, wanted);
}

}  // namespace

double parse_duration(const std::string& text) {
  constexpr std::string_view wanted = "a duration such as 10us, 5ms, 30s, 10m or 2h";
  const double seconds = parse_with_unit(
      text,
      {{"", 1}, {"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}},
      wanted);
  if (seconds < 0) refuse(text, wanted);
  return seconds;
}

double parse_rate(const std::string& text) {
  constexpr std::string_view wanted = "a rate such as 1Gbit/s, 100Mbit/s or 1GB/s";
  const double rate = parse_with_unit(text,
                                      {{"bit/s", 1.0 / 8},
                                       {"kbit/s", 1e3 / 8},
                                       {"Mbit/s", 1e6 / 8},
                                       {"Gbit/s", 1e9 / 8},
                                       {"Tbit/s", 1e12 / 8},
                                       {"B/s", 1},
                                       {"kB/s", 1e3},
                                       {"MB/s", 1e6},
                                       {"GB/s", 1e9},
                                       {"TB/s", 1e12},
                                       {"KiB/s", 0x1p10},
                                       {"MiB/s", 0x1p20},
                                       {"GiB/s", 0x1p30}},
                                      wanted);
  if (rate <= 0) refuse(text, wanted);
  return rate;
}

std::int64_t parse_bytes(const std::string& text) {
  constexpr std::string_view wanted = "a number of bytes such as 1e9, 10MB or 2GiB";
  const double bytes = parse_with_unit(text,
                                       {{"", 1},
                                        {"B", 1},
                                        {"kB", 1e3},
                                        {"MB", 1e6},
                                        {"GB", 1e9},
                                        {"TB", 1e12},
                                        {"PB", 1e15},
                                        {"KiB", 0x1p10},
                                        {"MiB", 0x1p20},
                                        {"GiB", 0x1p30},
                                        {"TiB", 0x1p40}},
                                       wanted);
  if (bytes < 1 || bytes > 0x1p62) refuse(text, wanted);
  return static_cast<std::int64_t>(bytes);
}

std::int64_t parse_count(const std::string& text, std::int64_t minimum) {
  std::int64_t value = 0;
  const char* const last = text.data() + text.size();
  if (const auto [end, failure] = std::from_chars(text.data(), last, value); failure != std::errc() || end != last) {
    const double number = parse_with_unit(text, {{"", 1}}, "a whole number");
    if (number != std::floor(number) || std::abs(number) > 0x1p53) refuse(text, "a whole number");
    value = static_cast<std::int64_t>(number);
  }
  if (value < minimum) throw UsageError(fmt::format("must be at least {}, not {}", minimum, printable(text)));
  return value;
}

double parse_nonnegative(const std::string& text) {
  const double value = parse_with_unit(text, {{"", 1}}, "a number");
  if (value < 0) throw UsageError(fmt::format("must not be negative, but is {}", printable(text)));
  return value;
}

std::string duration_text(double seconds) { return format_real(seconds) + "s"; }

std::string rate_text(double bytes_per_second) { return format_real(bytes_per_second) + "B/s"; }

}  // namespace vireo::app
