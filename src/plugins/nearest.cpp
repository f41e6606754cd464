#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

std::string lower_case(std::string text) {
  for (char& c : text)
    if ('A' <= c && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string bare(const std::string& name) {
  std::string out = lower_case(name);
  std::erase_if(out, [](char c) { return c == '_' || c == '-'; });
  return out;
}

/// Optimal string alignment distance: the fewest insertions, deletions, replacements and swaps of neighbours.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

bool is_one_of(const std::string& name, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& other) { return bare(other) == bare(name); });
}

std::string nearest(const std::string& name, const std::vector<std::string>& known) {
  const auto wanted = lower_case(name);
  std::string best;
  std::size_t least = wanted.size() + 1;
  for (const auto& candidate : known) {
    const auto longer = std::max(wanted.size(), candidate.size());
    const auto allowed = longer / 3;
    if (longer - std::min(wanted.size(), candidate.size()) > allowed) continue;  // no need to fill a table
    const auto edits = distance(wanted, lower_case(candidate));
    if (edits <= allowed && edits < least) {
      least = edits;
      best = candidate;
    }
  }
  if (!best.empty() || wanted.size() < 2) return best;

  std::vector<std::string> longer;
  std::copy_if(known.begin(), known.end(), std::back_inserter(longer),
               [&](const std::string& candidate) { return lower_case(candidate).starts_with(wanted); });
  return longer.size() == 1 ? longer.front() : "";
}

}  // namespace vireo
