#include "particles/tally.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "core/elementary.hpp"
#include "core/lanes.hpp"

namespace vireo::particles {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Eight partial sums over the particles of a block, added in one order whatever the width of the registers.
class EightSums {
 public:
  [[gnu::always_inline]] void add(Index p, Wide value) { sums_[p % lanes / wide] += value; }
  [[gnu::always_inline]] void maximum(Index p, Wide value) {
    sums_[p % lanes / wide] = larger(value, sums_[p % lanes / wide]);
  }
  [[nodiscard]] double total() const { return sum(load(values().data())); }
  [[nodiscard]] double largest() const {
    const auto all_values = values();
    return *std::ranges::max_element(all_values);
  }

 private:
  [[nodiscard]] std::array<double, lanes> values() const {
    std::array<double, lanes> out;
    std::memcpy(out.data(), sums_, sizeof sums_);
    return out;
  }
  Wide sums_[lanes / wide] = {};
};

/// The block's particles in eights, so that each of the eight sums has a register of its own
template <class Action>
[[gnu::always_inline]] inline void for_eights(Index particles, Action&& action) {
  const Index end = padded(particles);
  for (Index e = 0; e < end; e += lanes)
    for (Index p = e; p < e + lanes; p += wide) action(p);
}

}  // namespace

double weight(double alpha, double d) { return elementary::exp(-alpha * d); }

void Tally::block(Index particles, const double* x, const BlockValues& E, const BlockValues& alive, Index lost,
                  double alpha, ConstView centre, View record) const {
  std::ranges::fill(record, 0.0);
  double least = infinity;
  Index best = 0;
  Index count = 0;
  for (Index p = 0; p < particles; ++p) {
    if (alive[p] == 0) continue;
    ++count;
    if (E[p] < least) {
      least = E[p];
      best = p;
    }
  }
  record[minimum] = least;
  record[counted] = static_cast<double>(count);
  record[dropped] = static_cast<double>(lost);
  if (count == 0) return;

  BlockValues w;
  EightSums S, S2;
  for_eights(particles, [&](Index p) {
    const Wide is_alive = load_wide(alive.at + p);
    const Wide distance = load_wide(E.at + p) - least;
    const Wide mine = select(is_alive > 0.5, elementary::exp(-(alpha * distance)), Wide{});
    store_wide(w.at + p, mine);
    S.add(p, mine);
    S2.add(p, mine * mine);
  });
  record[weights] = S.total();
  record[squared_weights] = S2.total();
  const bool several = record[weights] > 1;

  EightSums squares_sum, far;
  for (Index j = 0; j < d_; ++j) {
    const double* row = x + block_size * j;
    const double c = centre[j];
    EightSums V;
    const auto pass = [&](auto with_weights) {
      for_eights(particles, [&](Index p) {
        const Wide D = select(load_wide(alive.at + p) > 0.5, load_wide(row + p) - c, Wide{});
        squares_sum.add(p, D * D);
        far.maximum(p, absolute(D));
        if constexpr (with_weights) V.add(p, load_wide(w.at + p) * D);
      });
    };
    // with a large alpha most blocks have one particle that weighs anything
    if (several) {
      pass(std::true_type{});
      record[head + j] = V.total();
    } else {
      pass(std::false_type{});
      record[head + j] = row[best] - c;
    }
    if (with_best_) record[head + d_ + j] = row[best] - c;
  }
  record[squares] = squares_sum.total();
  record[farthest] = far.largest();
}

void Tally::merge(double alpha, View into, ConstView from) const {
  into[dropped] += from[dropped];
  if (from[counted] == 0) return;
  if (into[counted] == 0) {
    const double lost = into[dropped];
    std::ranges::copy(from, into.begin());
    into[dropped] = lost;
    return;
  }
  const bool better = from[minimum] < into[minimum];
  const double w = weight(alpha, better ? into[minimum] - from[minimum] : from[minimum] - into[minimum]);
  const double mine = better ? w : 1.0;
  const double other = better ? 1.0 : w;
  const auto add = [&](Index i, double a, double b) {
    into[i] = (a == 0 ? 0.0 : a * into[i]) + (b == 0 ? 0.0 : b * from[i]);
  };
  add(weights, mine, other);
  add(squared_weights, mine * mine, other * other);
  for (Index j = head; j < head + d_; ++j) add(j, mine, other);
  into[minimum] = std::min(into[minimum], from[minimum]);
  into[counted] += from[counted];
  into[squares] += from[squares];
  into[farthest] = std::max(into[farthest], from[farthest]);
  if (better) std::ranges::copy(best(from), into.begin() + static_cast<std::ptrdiff_t>(head + d_));
}

}  // namespace vireo::particles
