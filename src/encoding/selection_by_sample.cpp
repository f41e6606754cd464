#include <algorithm>

#include "encoding/selection.hpp"

namespace vireo::encoding {
namespace {

constexpr Index shortest = 4096;
constexpr Index sample_share = 256;  ///< of the coordinates, one in so many is looked at
constexpr Index sample_least = 2048;
constexpr Index block = 16;

/// A magnitude that more than k of the coordinates reach, unless the sample misleads: that of a rank in the sample
/// which lies five standard deviations below the expected one.
double likely_reached(ConstView x, Index k) {
  const Index size = std::max(sample_least, x.size() / sample_share);
  std::vector<double> sample(size);
  // neighbours go together, so that a sample of one in 256 does not touch every cache line
  const Index stride = x.size() / (size / block);
  for (Index i = 0; i < size; ++i) sample[i] = std::abs(x[(i / block) * stride + i % block]);
  const double expected = static_cast<double>(k) / static_cast<double>(x.size()) * static_cast<double>(size);
  const auto rank = static_cast<Index>(expected + 5 * std::sqrt(expected) + 5);
  if (rank >= size) return 0;
  const auto at = sample.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(sample.begin(), at, sample.end(), std::greater<>());
  return *at;
}

/// The coordinates whose magnitude reaches `least`, at most `most` of them
std::vector<Index> collect(ConstView x, double least, Index most) {
  std::vector<Index> found(most + block);
  Index count = 0;
  const auto take = [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      found[count] = i;
      count += std::abs(x[i]) >= least ? 1 : 0;
    }
  };
  Index i = 0;
  for (; i + block <= x.size() && count <= most; i += block) {
    int any = 0;
    for (Index j = 0; j < block; ++j) any |= std::abs(x[i + j]) >= least ? 1 : 0;
    if (any != 0) take(i, i + block);
  }
  if (count <= most) take(i, x.size());
  found.resize(count);
  return found;
}

}  // namespace

std::vector<Index> select_by_sample(ConstView x, Index k) {
  if (x.size() < shortest || k > x.size() / 4) return {};
  const double least = likely_reached(x, k);
  const Index most = 2 * k + shortest;
  auto found = collect(x, least, most);
  if (found.size() < k || found.size() > most) return {};  // a bad sample, or many ties

  std::vector<std::uint64_t> bits;
  bits.reserve(found.size());
  for (const Index i : found) bits.push_back(Selection::bits(x[i]));
  const auto kth = bits.begin() + static_cast<std::ptrdiff_t>(k) - 1;
  std::nth_element(bits.begin(), kth, bits.end(), std::greater<>());
  const std::uint64_t threshold = *kth;
  // all that is larger, and as many of the equal ones as there is room for, from the lowest
  auto ties = k - static_cast<Index>(std::count_if(bits.begin(), kth + 1, [&](auto b) { return b > threshold; }));
  std::erase_if(found, [&](Index i) {
    const auto b = Selection::bits(x[i]);
    if (b != threshold) return b < threshold;
    if (ties == 0) return true;
    --ties;
    return false;
  });
  return found;
}

}  // namespace vireo::encoding
