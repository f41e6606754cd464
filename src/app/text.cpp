#include "app/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "core/printable.hpp"

namespace vireo::app {

std::string grouped(std::int64_t value) {
  const std::string digits = std::to_string(value);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::size_t left = digits.size() - i;
    if (i > 0 && digits[i - 1] != '-' && left % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string human_bytes(double bytes) {
  static constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < units.size()) {
    bytes /= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.4g} B", bytes);
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

std::string human_seconds(double seconds) {
  if (!std::isfinite(seconds)) return "unknown";
  if (seconds <= 0) return "0 s";
  if (seconds < 0.9995e-3) return fmt::format("{:.3g} us", seconds * 1e6);
  if (seconds < 0.9995) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds < 119.5) return fmt::format("{:.3g} s", seconds);
  if (seconds >= 1e12) return fmt::format("{:.3g} d", seconds / 86400);  // no whole number would do for all
  const auto whole = std::llround(seconds);
  if (whole < 7200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 48 * 3600) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

std::string short_real(double value) {
  if (std::isnan(value)) return "not a number";
  if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
  return fmt::format("{:.4g}", value);
}

std::string counted(std::int64_t count, const std::string& noun) {
  return grouped(count) + " " + noun + (count == 1 ? "" : "s");
}

namespace {

/// The next piece of a text that stays on one line: up to a space, and in a long word up to a comma.
std::string_view next_piece(std::string_view text, std::size_t width) {
  const auto word = text.substr(0, text.find(' '));
  if (word.size() <= width) return word;
  auto comma = word.substr(0, width).rfind(',');
  if (comma == std::string_view::npos) comma = word.find(',');
  return comma == std::string_view::npos ? word : word.substr(0, comma + 1);
}

}  // namespace

std::string wrapped(const std::string& text, std::size_t indent, std::size_t used, std::size_t width) {
  std::string out;
  std::size_t column = used;
  std::string_view rest = text;
  bool space = false;  // before the next piece
  for (bool first = true; !rest.empty(); first = false) {
    const std::size_t blanks = std::min(rest.find_first_not_of(' '), rest.size());
    space = space || blanks > 0;
    rest.remove_prefix(blanks);
    if (rest.empty()) break;
    const auto piece = next_piece(rest, width > indent ? width - indent : 0);
    if (!first && column + (space ? 1 : 0) + piece.size() > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
    } else if (!first && space) {
      out += ' ';
      ++column;
    }
    out += piece;
    column += piece.size();
    rest.remove_prefix(piece.size());
    space = false;
  }
  return out;
}

std::string shell_quoted(const std::string& text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./,:=@%+";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string out = "'";
  for (const char character : text) out += character == '\'' ? std::string("'\\''") : std::string(1, character);
  return out + "'";
}

std::string host_list(const std::vector<std::string>& host_of_rank) {
  constexpr std::size_t most = 8;
  std::vector<std::pair<std::string, std::int64_t>> hosts;  // in the order of their first rank
  for (const auto& host : host_of_rank) {
    const auto known = std::find_if(hosts.begin(), hosts.end(), [&](const auto& entry) { return entry.first == host; });
    if (known == hosts.end())
      hosts.emplace_back(host, 1);
    else
      ++known->second;
  }
  std::string out;
  for (std::size_t i = 0; i < hosts.size() && i < most; ++i)
    out += fmt::format("{}{} ({})", i == 0 ? "" : ", ", hosts[i].first, counted(hosts[i].second, "rank"));
  if (hosts.size() > most) out += fmt::format(" and {} more", grouped(static_cast<std::int64_t>(hosts.size() - most)));
  return out;
}

void Table::add(const std::string& name, const std::string& text) {
  rows_.push_back({printable(name, name.size()), printable(text, text.size()), false});
}

void Table::add_command(const std::string& name, const std::string& text) {
  rows_.push_back({printable(name, name.size()), printable(text, text.size()), true});
}

std::string Table::text(std::size_t least_width) const {
  std::size_t width = least_width;
  for (const auto& row : rows_) width = std::max(width, row.name.size());
  std::string out;
  for (const auto& row : rows_)
    out += fmt::format("  {:<{}}  {}\n", row.name, width,
                       row.is_command ? row.text : wrapped(row.text, width + 4, width + 4));
  return out;
}

}  // namespace vireo::app
