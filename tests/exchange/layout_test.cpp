// Pins who owns what: blocks cover everything once, whatever the numbers.
#include "vireo/core/layout.hpp"

#include <gtest/gtest.h>

namespace vireo {
namespace {

TEST(Layout, PartsCoverEverythingInOrderAndDifferByAtMostOne) {
  for (const Index total : {0U, 1U, 5U, 64U, 1000U})
    for (const Index parts : {1U, 2U, 3U, 7U, 64U, 100U}) {
      Index at = 0;
      for (Index i = 0; i < parts; ++i) {
        const Range part = part_of(total, parts, i);
        EXPECT_EQ(part.begin, at);
        EXPECT_LE(part.size(), total / parts + 1);
        EXPECT_GE(part.size(), total / parts);
        at = part.end;
      }
      EXPECT_EQ(at, total);
    }
}

TEST(Layout, ManyItemsDoNotOverflow) {
  const Index huge = Index{1} << 62;
  EXPECT_EQ(part_of(huge, 3, 2).end, huge);
}

TEST(Layout, EveryItemHasItsPart) {
  for (const Index total : {1U, 5U, 64U, 1000U})
    for (const Index parts : {1U, 2U, 3U, 7U, 64U, 100U})
      for (Index item = 0; item < total; ++item)
        EXPECT_TRUE(part_of(total, parts, part_with(total, parts, item)).contains(item));
  const Index huge = (Index{1} << 62) + 1;
  for (const Index parts : {3U, 1000U})
    for (const Index item : {Index{0}, huge / 3, huge / 3 + 1, huge - 1})
      EXPECT_TRUE(part_of(huge, parts, part_with(huge, parts, item)).contains(item));
}

TEST(Layout, EveryWorkerHasItsRank) {
  for (const Index workers : {1U, 2U, 10U, 64U})
    for (const Index ranks : {1U, 2U, 3U, 8U, 100U}) {
      const WorkerLayout layout(workers, ranks);
      for (Index m = 0; m < workers; ++m) EXPECT_TRUE(layout.workers_of(layout.rank_of(m)).contains(m));
      EXPECT_EQ(layout.idle_ranks(), ranks > workers ? ranks - workers : 0);
    }
}

TEST(Layout, SegmentsCoverTheCoordinatesAtCacheLines) {
  for (const Index d : {1U, 7U, 8U, 9U, 1000U})
    for (const Index ranks : {1U, 2U, 3U, 8U, 200U}) {
      const SegmentLayout layout(d, ranks);
      Index at = 0;
      for (Index r = 0; r < ranks; ++r) {
        EXPECT_EQ(layout.of(r).begin, at);
        EXPECT_TRUE(at % 8 == 0 || at == d);
        at = layout.of(r).end;
      }
      EXPECT_EQ(at, d);
    }
}

}  // namespace
}  // namespace vireo
