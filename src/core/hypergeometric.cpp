#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "vireo/core/subset.hpp"

namespace vireo::random {
namespace {

/// log n!, to about 1e-16 relative: summed for small n, Stirling's series above. (The C library's lgamma writes a
/// global.)
double log_factorial(std::uint64_t n) {
  static const auto table = [] {
    std::array<double, 256> values{};
    for (std::size_t i = 2; i < values.size(); ++i) values[i] = values[i - 1] + std::log(static_cast<double>(i));
    return values;
  }();
  if (n < table.size()) return table[n];
  const auto x = static_cast<double>(n);
  const double inverse = 1 / x;
  const double square = inverse * inverse;
  return (x + 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) +
         inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260)));
}

double log_choose(std::uint64_t n, std::uint64_t k) {
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

}  // namespace

std::uint64_t hypergeometric(double uniform, std::uint64_t good, std::uint64_t bad, std::uint64_t draws) {
  const std::uint64_t least = draws > bad ? draws - bad : 0;
  const std::uint64_t most = std::min(draws, good);
  if (least == most) return least;

  const double expected = (static_cast<double>(draws) + 1) * (static_cast<double>(good) + 1) /
                          (static_cast<double>(good) + static_cast<double>(bad) + 2);
  const std::uint64_t mode = std::clamp(static_cast<std::uint64_t>(expected), least, most);
  const double at_mode =
      std::exp(log_choose(good, mode) + log_choose(bad, draws - mode) - log_choose(good + bad, draws));

  // p(x+1)/p(x) = (good - x)(draws - x) / ((x + 1)(bad - draws + x + 1))
  const auto upward = [&](std::uint64_t x) {
    return static_cast<double>(good - x) * static_cast<double>(draws - x) /
           (static_cast<double>(x + 1) * static_cast<double>(bad + x + 1 - draws));
  };
  double rest = uniform - at_mode;
  std::uint64_t up = mode;
  std::uint64_t down = mode;
  double p_up = at_mode;
  double p_down = at_mode;
  while (rest >= 0) {
    const bool climbs = up < most;
    const bool falls = down > least;
    if (climbs) {
      p_up *= upward(up++);
      if ((rest -= p_up) < 0) return up;
    }
    if (falls) {
      p_down /= upward(--down);
      if ((rest -= p_down) < 0) return down;
    }
    if (!climbs && !falls) break;  // the probabilities' rounding left a crumb
  }
  return mode;
}

}  // namespace vireo::random
