#include "encoding/selection.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace vireo::encoding {
namespace {

constexpr unsigned digit_bits = 11;
constexpr std::size_t digits = std::size_t{1} << digit_bits;

/// A magnitude that may or may not be among the k largest.
struct Open {
  std::uint64_t bits;
  Index coordinate;
};

}  // namespace

Selection select_largest(ConstView x, Range held, Index k, Holders& holders) {
  std::vector<std::int64_t> counts(digits);
  const std::vector<Reduction> sums(digits, Reduction::sum);
  std::vector<Open> open;
  auto wanted = static_cast<std::int64_t>(k);
  std::uint64_t prefix = 0;
  unsigned shift = 63;
  // all magnitudes whose bits above `shift` equal the prefix are open; those with larger ones are in
  while (shift > 0) {
    const unsigned next = shift > digit_bits ? shift - digit_bits : 0;
    const std::uint64_t mask = (std::uint64_t{1} << (shift - next)) - 1;
    const auto digit = [&](std::uint64_t bits) { return (bits >> next) & mask; };
    std::fill(counts.begin(), counts.end(), 0);
    if (shift == 63) {
      for (const double value : x) ++counts[digit(Selection::bits(value))];
    } else {
      for (const auto& candidate : open) ++counts[digit(candidate.bits)];
    }
    holders.combine(counts, sums);

    std::uint64_t chosen = mask;
    while (wanted > counts[chosen]) wanted -= counts[chosen--];
    prefix |= chosen << next;
    // everything in this digit is wanted: no need to look closer
    if (wanted == counts[chosen])
      return {prefix == 0 ? 0 : prefix - 1, prefix == 0 ? std::numeric_limits<Index>::max() : 0};
    if (shift == 63) {
      for (Index i = 0; i < x.size(); ++i)
        if (const auto bits = Selection::bits(x[i]); digit(bits) == chosen) open.push_back({bits, held.begin + i});
    } else {
      std::erase_if(open, [&](const Open& candidate) { return digit(candidate.bits) != chosen; });
    }
    shift = next;
  }
  // what is left are ties
  const auto before = holders.before(static_cast<std::int64_t>(open.size()));
  const auto mine = std::clamp<std::int64_t>(wanted - before, 0, static_cast<std::int64_t>(open.size()));
  return {prefix, mine > 0 ? open[static_cast<std::size_t>(mine) - 1].coordinate + 1 : held.begin};
}

}  // namespace vireo::encoding
