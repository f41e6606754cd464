// Pins the adder of the uplink to the sum along the tree, however the messages of each branch have arrived, and its
// verdict to what is not finite.
#include "exchange/tree_adder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "vireo/core/random.hpp"

namespace vireo::exchanging {
namespace {

constexpr Index M = 11, ranks = 3;
constexpr Index d = 5000;  // several windows
constexpr double divisor = 7;

/// What the workers send: entries at increasing offsets, and the same as dense vectors.
struct Messages {
  std::vector<Entries> entries = std::vector<Entries>(M);
  std::vector<Vector> dense = std::vector<Vector>(M, Vector(d, 0.0));

  Messages() {
    for (Index m = 0; m < M; ++m) {
      auto& [offsets, values] = entries[m];
      random::Subset({.seed = 5, .purpose = random::Purpose::uplink, .worker = m}, d, d / 3)
          .append_range(0, d, offsets);
      values.resize(offsets.size());
      random::normals({.seed = 6, .purpose = random::Purpose::uplink, .worker = m}, 0, values);
      for (Index i = 0; i < offsets.size(); ++i) dense[m][offsets[i]] = values[i];
    }
  }
};

std::vector<Branch> all_branches() {
  std::vector<Branch> branches;
  const WorkerLayout layout(M, ranks);
  for (Index r = 0; r < ranks; ++r)
    for (const auto& tree : maximal_subtrees(layout.workers_of(r), M)) branches.push_back({.tree = tree, .rank = r});
  return branches;
}

/// The adder, and the dense sums that it overwrites.
struct Adding {
  std::vector<Branch> branches = all_branches();
  TreeAdder adder{M, branches};
  std::vector<Vector> sums = std::vector<Vector>(branches.size(), Vector(d));

  /// Every third branch of each kind, and the last one relayed, if `mixed`; else all relayed
  [[nodiscard]] Travel travel(Index b, bool mixed) const {
    constexpr Travel kinds[]{Travel::relayed, Travel::summed, Travel::absent};
    return mixed ? kinds[(branches.size() - 1 - b) % 3] : Travel::relayed;
  }

  /// Gives the adder what has arrived.
  void give(const Messages& messages, bool mixed) {
    adder.begin(d, Compressor::Support::key, divisor);
    for (Index b = 0; b < branches.size(); ++b) {
      const auto& tree = branches[b].tree;
      if (travel(b, mixed) == Travel::absent) continue;
      if (travel(b, mixed) == Travel::summed) {
        TreeSum sum;
        sum.begin(sums[b]);
        for (Index m = tree.first; m < tree.last; ++m) std::ranges::copy(messages.dense[m], sum.next(m).begin());
        sum.end();
        adder.take_sum(b, sums[b].data());
      } else {
        for (Index m = tree.first; m < tree.last; ++m) adder.take_message(b, m, view_of(messages.entries[m]));
      }
    }
  }

  /// The definition: the sum along the tree over the workers that have been given, divided
  [[nodiscard]] Vector expected(const Messages& messages, bool mixed) const {
    Vector out(d);
    TreeSum sum;
    sum.begin(out);
    for (Index b = 0; b < branches.size(); ++b) {
      if (travel(b, mixed) == Travel::absent) continue;
      for (Index m = branches[b].tree.first; m < branches[b].tree.last; ++m)
        std::ranges::copy(messages.dense[m], sum.next(m).begin());
    }
    sum.end();
    for (double& value : out) value = value / divisor + 0.0;
    return out;
  }
};

const std::vector<random::Offset> places{0, 7, 2047, 2048, 3333, 4999};

TEST(TreeAdder, GivesTheMeanAlongTheTreeHoweverTheMessagesHaveArrived) {
  const Messages messages;
  for (const bool mixed : {true, false}) {
    Adding adding;
    const Vector expected = adding.expected(messages, mixed);
    for (int round = 0; round < 2; ++round) {  // what arrived before is forgotten
      Verdict verdict;
      Vector out(d);
      adding.give(messages, mixed);
      adding.adder.mean(out, verdict);
      EXPECT_EQ(out, expected) << mixed;
      EXPECT_TRUE(verdict.finite);

      Vector at_places(places.size());
      adding.give(messages, mixed);
      adding.adder.mean_at(places, at_places, verdict);
      for (Index i = 0; i < places.size(); ++i) EXPECT_EQ(at_places[i], expected[places[i]]) << mixed;
      EXPECT_TRUE(verdict.finite);
    }
  }
}

TEST(TreeAdder, SaysWhatIsNotFinite) {
  Messages messages;
  messages.entries[10].values.back() = std::numeric_limits<double>::infinity();  // at none of the places
  for (const bool mixed : {true, false}) {
    Adding adding;
    Verdict of_mean, at_places;
    Vector out(d), few(places.size());
    adding.give(messages, mixed);
    adding.adder.mean(out, of_mean);
    EXPECT_FALSE(of_mean.finite);
    adding.give(messages, mixed);
    adding.adder.mean_at(places, few, at_places);
    EXPECT_FALSE(at_places.finite);
  }
}

}  // namespace
}  // namespace vireo::exchanging
