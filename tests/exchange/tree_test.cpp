// Pins the summation tree: subtrees of any cut, merged in the order given, add up exactly like the recursion over all
// workers.
#include "exchange/tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "exchange/sparse_tree_sum.hpp"
#include "exchange/tree_sum.hpp"
#include "vireo/core/random.hpp"

namespace vireo::exchanging {
namespace {

/// The definition: node = left half + right half, absent workers left out.
double recursion(const std::vector<double>& values, Index first, Index width) {
  if (width == 1) return values[first];
  const double left = recursion(values, first, width / 2);
  if (first + width / 2 >= values.size()) return left;
  return left + recursion(values, first + width / 2, width / 2);
}

std::vector<double> random_values(Index n) {
  Vector x(n);
  random::normals({.seed = 2, .purpose = random::Purpose::problem, .iteration = n}, 0, x);
  return {x.begin(), x.end()};
}

TEST(Tree, MaximalSubtreesOfARange) {
  EXPECT_EQ(maximal_subtrees({0, 8}, 8), (std::vector<Subtree>{{0, 8, 8}}));
  EXPECT_EQ(maximal_subtrees({0, 10}, 10), (std::vector<Subtree>{{0, 10, 16}}));
  EXPECT_EQ(maximal_subtrees({3, 8}, 8), (std::vector<Subtree>{{3, 4, 1}, {4, 8, 4}}));
  EXPECT_EQ(maximal_subtrees({5, 10}, 10), (std::vector<Subtree>{{5, 6, 1}, {6, 8, 2}, {8, 10, 2}}));
  EXPECT_TRUE(maximal_subtrees({4, 4}, 8).empty());
}

TEST(Tree, AnyCutIntoRanksGivesTheBitsOfTheRecursion) {
  for (const Index M : {1U, 2U, 3U, 5U, 8U, 10U, 13U, 16U, 31U, 64U, 100U}) {
    const auto values = random_values(M);
    const double expected = recursion(values, 0, std::bit_ceil(M));
    for (Index P = 1; P <= M + 2; ++P) {
      std::vector<Subtree> nodes;
      std::vector<double> sums;
      for (Index r = 0; r < P; ++r)
        for (const auto& node : maximal_subtrees(WorkerLayout(M, P).workers_of(r), M)) {
          Vector out(1);
          TreeSum sum;
          sum.begin(out);
          for (Index m = node.first; m < node.last; ++m) sum.next(m)[0] = values[m];
          EXPECT_TRUE(sum.end());
          nodes.push_back(node);
          sums.push_back(out[0]);
        }
      for (const auto& merge : merge_order(nodes)) sums[merge.to] += sums[merge.from];
      EXPECT_EQ(sums[0], expected) << M << " workers on " << P;
    }
  }
}

/// As above, for the workers of a list: a node without any adds nothing.
std::optional<double> recursion_of(const std::vector<double>& values, const std::vector<Index>& senders, Index first,
                                   Index width) {
  if (width == 1) return std::ranges::binary_search(senders, first) ? std::optional(values[first]) : std::nullopt;
  const auto left = recursion_of(values, senders, first, width / 2);
  const auto right = recursion_of(values, senders, first + width / 2, width / 2);
  if (left && right) return *left + *right;
  return left ? left : right;
}

TEST(Tree, AbsentWorkersAddNothingWhereverTheyAre) {
  const Index M = 13;
  const auto values = random_values(M);
  for (const std::vector<Index>& senders :
       {std::vector<Index>{12}, {0, 12}, {3, 4, 5}, {1, 2, 7, 8, 9, 12}, {0, 2, 4, 6, 8, 10, 12}})
    for (Index P = 1; P <= M; ++P) {
      std::vector<Subtree> nodes;
      std::vector<double> sums;
      for (Index r = 0; r < P; ++r)
        for (const auto& node : maximal_subtrees(WorkerLayout(M, P).workers_of(r), M)) {
          Vector out(1);
          TreeSum sum;
          sum.begin(out);
          for (const Index m : senders)
            if (node.first <= m && m < node.last) sum.next(m)[0] = values[m];
          if (!sum.end()) continue;
          nodes.push_back(node);
          sums.push_back(out[0]);
        }
      for (const auto& merge : merge_order(nodes)) sums[merge.to] += sums[merge.from];
      EXPECT_EQ(sums[0], recursion_of(values, senders, 0, 16)) << P;
    }
}

TEST(Tree, ASumOverManyRanksSendsFewSubtrees) {
  const Index M = 1024;
  for (const Index P : {3U, 5U, 7U, 100U})
    for (Index r = 0; r < P; ++r) EXPECT_LE(maximal_subtrees(WorkerLayout(M, P).workers_of(r), M).size(), 20U);
}

TEST(SparseTreeSum, EqualsTheDenseSumBitForBit) {
  constexpr Index d = 5000;  // several windows
  for (const Index M : {1U, 2U, 3U, 7U, 16U, 33U}) {
    const Subtree node{0, M, std::bit_ceil(M)};
    std::vector<Entries> messages(M);
    std::vector<Vector> dense(M, Vector(d, 0.0));
    for (Index m = 0; m < M; ++m) {
      random::Subset({.seed = 5, .purpose = random::Purpose::uplink, .worker = m}, d, d / 7)
          .append_range(0, d, messages[m].offsets);
      Vector values(messages[m].offsets.size());
      random::normals({.seed = 6, .purpose = random::Purpose::uplink, .worker = m}, 0, values);
      messages[m].values.assign(values.begin(), values.end());
      for (std::size_t i = 0; i < values.size(); ++i) dense[m][messages[m].offsets[i]] = values[i];
    }
    Vector expected(d);
    TreeSum dense_sum;
    dense_sum.begin(expected);
    for (Index m = 0; m < M; ++m) std::ranges::copy(dense[m], dense_sum.next(m).begin());
    EXPECT_TRUE(dense_sum.end());

    SparseTreeSum sum;
    std::vector<SparseTreeSum::Term> terms;
    for (Index m = 0; m < M; ++m) terms.push_back({m, view_of(messages[m])});
    sum.begin(node, terms);
    Vector actual(d);
    for (Index first = 0; first < d; first += SparseTreeSum::window)
      sum.next(static_cast<random::Offset>(first),
               View(actual).subspan(first, std::min(SparseTreeSum::window, d - first)));
    EXPECT_EQ(actual, expected) << M;
  }
}

}  // namespace
}  // namespace vireo::exchanging
