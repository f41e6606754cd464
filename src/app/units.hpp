#pragma once

#include <cstdint>
#include <string>

/// Numbers with units, as options take them. A bad text throws UsageError that shows it, and what is wanted.
namespace vireo::app {

/// "10us", "5ms", "30s", "10m" (or "10min"), "2h", "1d"; a bare number is seconds. Not negative, finite.
[[nodiscard]] double parse_duration(const std::string& text);
/// Bytes per second of "1Gbit/s", "100Mbit/s", "1GB/s", "1GiB/s"; positive, the unit is required.
[[nodiscard]] double parse_rate(const std::string& text);
/// "1e9", "10MB", "2GiB"; a bare number is bytes. At least 1.
[[nodiscard]] std::int64_t parse_bytes(const std::string& text);
/// A whole number of at least `minimum`; "1e6" is one.
[[nodiscard]] std::int64_t parse_count(const std::string& text, std::int64_t minimum);
/// A finite number of at least 0.
[[nodiscard]] double parse_nonnegative(const std::string& text);

/// Texts that read back as the same number.
[[nodiscard]] std::string duration_text(double seconds);
[[nodiscard]] std::string rate_text(double bytes_per_second);

}  // namespace vireo::app
