#include "io/libsvm_parser.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <system_error>

#include "core/printable.hpp"

namespace vireo::libsvm {
namespace {

constexpr std::uint64_t largest_index = std::uint64_t{1} << 31;

bool is_space(char c) { return c == ' ' || c == '\t'; }
inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') <= 9; }
// a comment may follow without a space
bool ends_token(const char* p, const char* end) { return p == end || is_space(*p) || *p == '#'; }

std::string_view token_at(const char* p, const char* end) {
  const char* stop = p;
  while (!ends_token(stop, end)) ++stop;
  return {p, static_cast<std::size_t>(stop - p)};
}

// Plain decimals of at most 15 digits, which is most of what such files hold: digits / 10^k is one division of two
// numbers that are exact in double precision, hence rounded correctly, as std::from_chars rounds. Moves p behind the
// number; false: not of this kind.
[[gnu::always_inline]] inline bool read_short_decimal(const char*& p, const char* end, double& value) {
  static constexpr double power_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const char* q = p;
  const bool negative = q != end && *q == '-';
  if (negative) ++q;
  std::uint64_t digits = 0;
  const char* const start = q;
  while (q != end && is_digit(*q)) digits = 10 * digits + static_cast<std::uint64_t>(*q++ - '0');
  std::ptrdiff_t count = q - start;
  std::ptrdiff_t decimals = 0;
  if (q != end && *q == '.') {
    const char* const fraction = ++q;
    while (q != end && is_digit(*q)) digits = 10 * digits + static_cast<std::uint64_t>(*q++ - '0');
    decimals = q - fraction;
    count += decimals;
  }
  if (count == 0 || count > 15 || !ends_token(q, end)) return false;
  const auto whole = static_cast<double>(static_cast<std::int64_t>(digits));
  const double magnitude = decimals == 0 ? whole : whole / power_of_ten[decimals];
  value = negative ? -magnitude : magnitude;
  p = q;
  return true;
}

enum class Reading { number, not_a_number, not_finite, out_of_range };

// a whole token: a number as the C locale writes it, with an optional sign; moves p behind it if it is one
[[gnu::noinline]] Reading read_any_number(const char*& p, const char* end, double& value) {
  const char* start = p;
  if (start != end && *start == '+') {
    ++start;
    if (start != end && *start == '-') return Reading::not_a_number;
  }
  const auto [stop, error] = std::from_chars(start, end, value);
  if (error == std::errc::invalid_argument || !ends_token(stop, end)) return Reading::not_a_number;
  if (error == std::errc::result_out_of_range) return Reading::out_of_range;
  if (!std::isfinite(value)) return Reading::not_finite;
  p = stop;
  return Reading::number;
}

inline Reading read_number(const char*& p, const char* end, double& value) {
  return read_short_decimal(p, end, value) ? Reading::number : read_any_number(p, end, value);
}

std::string describe(Reading reading) {
  switch (reading) {
    case Reading::not_finite:
      return " is not finite";
    case Reading::out_of_range:
      return " is outside the range of double precision";
    default:
      return " is not a number";
  }
}

// a control character tells that this is no text at all, which says more than what it broke
std::optional<std::string> binary_junk(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
      return "not LIBSVM text: byte " + quoted(line.substr(i, 1)) + " in column " + std::to_string(i + 1);
  }
  return std::nullopt;
}

// why the token at p, which is no good `index:value`, is wrong
std::string describe_entry(const char* p, const char* end, std::uint64_t previous) {
  const std::string_view token = token_at(p, end);
  const auto colon = token.find(':');
  if (colon == token.npos) return quoted(token) + " is not of the form index:value";
  const std::string_view name = token.substr(0, colon);
  const bool negative = name.starts_with('-');
  const std::string_view digits = name.substr(negative ? 1 : 0);
  if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos)
    return "index " + quoted(name) + " is not a whole number";
  if (negative) return "index " + quoted(name) + " is negative";
  std::uint64_t index = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc{} || index > largest_index) return "index " + quoted(name) + " is above 2^31";
  if (index == 0) return "index 0: indices count from 1";
  if (index <= previous)
    return "index " + std::to_string(index) + " follows index " + std::to_string(previous) + ": indices must increase";
  if (colon + 1 == token.size()) return "index " + std::to_string(index) + " has no value";
  const char* value_start = token.data() + colon + 1;
  double value = 0;
  return "value " + quoted(token.substr(colon + 1)) + " of index " + std::to_string(index) +
         describe(read_number(value_start, end, value));
}

}  // namespace

bool Parser::parse(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p != end) {
    const void* newline = std::memchr(p, '\n', static_cast<std::size_t>(end - p));
    const char* line_end = newline ? static_cast<const char*>(newline) : end;
    const char* content_end = line_end;
    if (content_end != p && content_end[-1] == '\r') --content_end;
    if (!parse_line(p, content_end)) {
      if (auto junk = binary_junk({p, static_cast<std::size_t>(content_end - p)})) trouble_ = *junk;
      return false;
    }
    ++lines_;
    p = newline ? line_end + 1 : end;
  }
  return true;
}

void Parser::expect(double scale) {
  const auto reserve = [scale](auto& array) {
    array.reserve(static_cast<std::size_t>(scale * static_cast<double>(array.size())));
  };
  reserve(rows_.start);
  reserve(rows_.labels);
  reserve(rows_.columns);
  reserve(rows_.values);
}

bool Parser::parse_line(const char* p, const char* end) {
  while (p != end && is_space(*p)) ++p;
  if (p == end || *p == '#') return true;

  double label = 0;
  const char* const label_start = p;
  if (const Reading reading = read_number(p, end, label); reading != Reading::number) {
    trouble_ = "label " + quoted(token_at(label_start, end)) + describe(reading);
    return false;
  }

  std::uint64_t previous = 0;
  for (;;) {
    while (p != end && is_space(*p)) ++p;
    if (p == end || *p == '#') break;
    const char* const entry = p;
    std::uint64_t index = 0;
    while (p != end && is_digit(*p) && index <= largest_index) {
      index = 10 * index + static_cast<std::uint64_t>(*p - '0');
      ++p;
    }
    double value = 0;
    const bool good_index = p != entry && p != end && *p == ':' && index > previous && index <= largest_index;
    if (!good_index || read_number(++p, end, value) != Reading::number) {
      trouble_ = describe_entry(entry, end, previous);
      return false;
    }
    rows_.columns.push_back(static_cast<std::uint32_t>(index - 1));
    rows_.values.push_back(value);
    previous = index;
  }

  rows_.labels.push_back(label);
  rows_.start.push_back(rows_.columns.size());
  if (previous > features_) features_ = previous;
  return true;
}

}  // namespace vireo::libsvm
