// alpha from the effective sample size (sum w)^2 / sum w^2, w = exp(-alpha (E - E_min)), which falls as alpha grows: on
// a grid of log alpha, refined once and then interpolated. Each round is one reduction.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/elementary.hpp"
#include "particles/swarm.hpp"

namespace vireo::particles {
namespace {

using Grid = std::array<double, sample_size_candidates>;
constexpr Index K = sample_size_candidates;
// a record: E_min, number of particles, sums of w, sums of w^2
enum Place : Index { minimum = 0, counted = 1, first = 2 };

Grid grid_between(double low, double high) {
  Grid alphas{};
  for (Index i = 0; i < K; ++i)
    alphas[i] = elementary::exp(elementary::log(low) + static_cast<double>(i) / static_cast<double>(K - 1) *
                                                           (elementary::log(high) - elementary::log(low)));
  return alphas;
}

void merge(const Grid& alphas, View into, ConstView from) {
  if (from[counted] == 0) return;
  if (into[counted] == 0) {
    std::ranges::copy(from, into.begin());
    return;
  }
  const double both = std::min(into[minimum], from[minimum]);
  for (Index i = 0; i < K; ++i) {
    const double mine = weight(alphas[i], into[minimum] - both);
    const double other = weight(alphas[i], from[minimum] - both);
    into[first + i] = mine * into[first + i] + other * from[first + i];
    into[first + K + i] = mine * mine * into[first + K + i] + other * other * from[first + K + i];
  }
  into[minimum] = both;
  into[counted] += from[counted];
}

/// E: as kept, the largest double standing for none
void fill(const Grid& alphas, const BlockValues& E, Index particles, const BlockValues& alive, View record) {
  std::ranges::fill(record, 0.0);
  record[minimum] = infinity;
  for (Index p = 0; p < particles; ++p)
    if (alive[p] != 0 && E[p] < no_value) {
      record[minimum] = std::min(record[minimum], E[p]);
      record[counted] += 1;
    }
  for (Index p = 0; p < particles; ++p)
    if (alive[p] != 0 && E[p] < no_value)
      for (Index i = 0; i < K; ++i) {
        const double w = weight(alphas[i], E[p] - record[minimum]);
        record[first + i] += w;
        record[first + K + i] += w * w;
      }
}

/// Effective sample size at candidate i
double size_at(ConstView record, Index i) { return record[first + i] * record[first + i] / record[first + K + i]; }

}  // namespace

double Swarm::alpha_for_sample_size() {
  constexpr double least_alpha = 1e-15;
  const bool memory = settings_.motion.memory;
  Vector record(sample_size_record);
  const auto round = [&](const Grid& alphas) {
    const auto join = [&](View into, ConstView from) { merge(alphas, into, from); };
    const Range own = sizes_.own();
    for (Index b = own.begin; b < own.end; ++b) {
      const Index at = (b - own.begin) * block_size;
      // with a memory, the energies that will be weighed: all best ones
      BlockValues E, alive = batch_of(b, k_);
      for (Index p = 0; p < size_of(b); ++p) {
        E[p] = energy_.values[at + p];
        if (!memory) continue;
        E[p] = std::min(E[p], memory_energy_.values[at + p]);
        alive[p] = 1;
      }
      fill(alphas, E, size_of(b), alive, record);
      sizes_.add(record, join);
    }
    return sizes_.finish(join);
  };
  double low = std::min(least_alpha, settings_.alpha.maximum);
  double high = settings_.alpha.maximum;
  for (int refinement = 0;; ++refinement) {
    const Grid alphas = grid_between(low, high);
    const ConstView sums = round(alphas);
    const double target = *settings_.alpha.effective * sums[counted];
    if (sums[counted] == 0 || size_at(sums, K - 1) >= target) return high;
    if (size_at(sums, 0) <= target) return low;
    Index i = 1;
    while (size_at(sums, i) > target) ++i;
    if (refinement == 1) {
      // log size is nearly linear in log alpha over so short a way
      const double a = elementary::log(size_at(sums, i - 1)), b = elementary::log(size_at(sums, i));
      const double part = a > b ? (a - elementary::log(target)) / (a - b) : 0.0;
      return elementary::exp(elementary::log(alphas[i - 1]) +
                             part * (elementary::log(alphas[i]) - elementary::log(alphas[i - 1])));
    }
    low = alphas[i - 1];
    high = alphas[i];
  }
}

}  // namespace vireo::particles
