// Pins the sums over particles: weights that sum to 1 whatever alpha, merges that change nothing, particles left out.
#include "particles/tally.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "particles/block.hpp"
#include "vireo/core/random.hpp"

namespace vireo::particles {
namespace {

constexpr Index d = 3;
constexpr double inf = std::numeric_limits<double>::infinity();

struct Cloud {
  Vector x = Vector(block_size * d);
  BlockValues E, alive;
  explicit Cloud(std::uint64_t seed, Index particles = block_size) {
    random::normals({.seed = seed}, 0, x);
    random::normals({.seed = seed + 100}, 0, View(E.at, block_size));
    for (Index p = 0; p < particles; ++p) alive[p] = 1;
  }
};

Vector record_of(const Tally& tally, const Cloud& cloud, Index particles, double alpha, ConstView centre) {
  Vector record(tally.width());
  tally.block(particles, cloud.x.data(), cloud.E, cloud.alive, 0, alpha, centre, record);
  return record;
}

/// The consensus and the sum of normalised weights, by the definition in long double
std::vector<long double> by_definition(const Cloud& a, double alpha) {
  long double least = inf, S = 0;
  for (Index p = 0; p < block_size; ++p)
    if (a.alive[p] != 0) least = std::min(least, static_cast<long double>(a.E[p]));
  std::vector<long double> c(d, 0);
  for (Index p = 0; p < block_size; ++p) {
    if (a.alive[p] == 0) continue;
    const long double w = std::exp(-static_cast<long double>(alpha) * (a.E[p] - least));
    S += w;
    for (Index j = 0; j < d; ++j) c[j] += w * a.x[j * block_size + p];
  }
  for (auto& value : c) value /= S;
  return c;
}

TEST(Tally, ConsensusIsTheWeightedMeanForEveryAlpha) {
  const Tally tally(d, false);
  const Vector centre{0.3, -0.2, 5};
  for (const double alpha : {1e-3, 1.0, 30.0, 1e5, 1e15}) {
    Cloud cloud(3);
    cloud.alive[7] = cloud.alive[20] = 0;
    const auto record = record_of(tally, cloud, block_size, alpha, centre);
    const auto c = by_definition(cloud, alpha);
    for (Index j = 0; j < d; ++j)
      EXPECT_NEAR(centre[j] + tally.V(record)[j] / record[Tally::weights], static_cast<double>(c[j]), 1e-14) << alpha;
    EXPECT_GE(record[Tally::weights], 1);  // the best one weighs 1
    EXPECT_EQ(record[Tally::counted], 62);
  }
}

// A sum of weights that is rounded, or cut to whole numbers, would move the consensus of particles that are all in one
// place.
TEST(Tally, WeightsSumToOne) {
  const Tally tally(d, false);
  Cloud cloud(4);
  std::ranges::fill(cloud.x, 0.7);
  for (const double alpha : {0.1, 1.0, 10.0}) {
    const auto record = record_of(tally, cloud, block_size, alpha, Vector(d, 0.0));
    for (Index j = 0; j < d; ++j) EXPECT_NEAR(tally.V(record)[j] / record[Tally::weights], 0.7, 1e-15);
  }
}

TEST(Tally, MergesAreThoseOfOneBlock) {
  const Tally tally(d, true);
  const Vector centre(d, 0.1);
  for (const double alpha : {0.5, 20.0, 1e15}) {
    const Cloud whole(5);
    Cloud left(5), right(5);
    for (Index p = 0; p < block_size; ++p) (p < 40 ? right : left).alive[p] = 0;
    auto merged = record_of(tally, left, block_size, alpha, centre);
    tally.merge(alpha, merged, record_of(tally, right, block_size, alpha, centre));
    const auto record = record_of(tally, whole, block_size, alpha, centre);
    for (Index i = 0; i < tally.width(); ++i) EXPECT_NEAR(merged[i], record[i], 1e-13) << i;
  }
}

TEST(Tally, AnEmptyBlockChangesNothing) {
  const Tally tally(d, false);
  const Vector centre(d, 0.0);
  const auto empty = record_of(tally, Cloud(6, 0), 0, 1e15, centre);
  const auto full = record_of(tally, Cloud(7), block_size, 1e15, centre);
  for (const bool empty_first : {true, false}) {
    Vector merged = empty_first ? empty : full;
    tally.merge(1e15, merged, empty_first ? full : empty);
    EXPECT_EQ(merged, full);
  }
  Vector both = empty;
  tally.merge(1e15, both, empty);
  EXPECT_EQ(both[Tally::counted], 0);
}

TEST(Tally, ParticlesLeftOutMayHoldAnything) {
  const Tally tally(d, false);
  const Vector centre(d, 0.0);
  Cloud cloud(8);
  cloud.alive[3] = 0;
  const auto record = record_of(tally, cloud, block_size, 1, centre);
  cloud.E[3] = std::nan("");
  cloud.x[3] = inf;
  cloud.x[block_size + 3] = std::nan("");
  EXPECT_EQ(record_of(tally, cloud, block_size, 1, centre), record);
}

}  // namespace
}  // namespace vireo::particles
