#include "linalg/line_pairs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vireo::linalg {
namespace {

/// ceil(2^60 share): a coordinate that occurs at all is drawn, and no share is smaller than asked for by more than the
/// excess of the total over 2^60.
std::vector<std::uint64_t> whole_weights(ConstView sizes) {
  double total = 0;
  for (const double size : sizes) total += size;
  std::vector<std::uint64_t> weights(sizes.size(), (std::uint64_t{1} << 60) / sizes.size());
  if (!(total > 0)) return weights;
  for (Index a = 0; a < sizes.size(); ++a)
    weights[a] = static_cast<std::uint64_t>(std::ceil(std::ldexp(sizes[a] / total, 60)));
  return weights;
}

std::uint64_t sum_of(const std::vector<std::uint64_t>& weights) {
  return std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
}

}  // namespace

LinePairs LinePairs::uniform(Index x, Index y) {
  const Index divisor = std::gcd(x, y);
  return {Weights(x, y / divisor), Weights(y, x / divisor)};
}

LinePairs LinePairs::by_size(ConstView sizes_x, ConstView sizes_y) {
  Weights x = whole_weights(sizes_x);
  Weights y = whole_weights(sizes_y);
  const std::uint64_t sum_x = sum_of(x);
  const std::uint64_t sum_y = sum_of(y);
  // They differ by at most one for each coordinate.
  Weights& less = sum_x < sum_y ? x : y;
  *std::ranges::max_element(less) += std::max(sum_x, sum_y) - std::min(sum_x, sum_y);
  return {std::move(x), std::move(y)};
}

LinePairs::LinePairs(Weights weights_x, Weights weights_y)
    : weights_x_(std::move(weights_x)), weights_y_(std::move(weights_y)) {
  Index a = 0;
  Index b = 0;
  std::uint64_t done = 0;
  std::uint64_t end_x = weights_x_[0];
  std::uint64_t end_y = weights_y_[0];
  while (true) {
    const std::uint64_t end = std::min(end_x, end_y);
    if (end > done) {
      cells_.push_back({static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)});
      ends_.push_back(end);
      done = end;
    }
    const bool next_x = end_x == end;
    const bool next_y = end_y == end;
    if (next_x && a + 1 < weights_x_.size()) {
      end_x += weights_x_[++a];
    } else if (next_y && b + 1 < weights_y_.size()) {
      end_y += weights_y_[++b];
    } else {
      break;
    }
  }
}

Index LinePairs::draw(random::Stream& stream) const {
  const std::uint64_t point = stream.below(ends_.back());
  return static_cast<Index>(std::ranges::upper_bound(ends_, point) - ends_.begin());
}

}  // namespace vireo::linalg
