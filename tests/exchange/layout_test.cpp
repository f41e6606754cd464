// Pins who owns what: blocks cover everything once, whatever the numbers.
#include "vireo/exchange/layout.hpp"

#include <gtest/gtest.h>

namespace vireo {
namespace {

TEST(Layout, PartsCoverEverythingInOrderAndDifferByAtMostOne) {
  for (const Index total : {0, 1, 5, 64, 1000})
    for (const Index parts : {1, 2, 3, 7, 64, 100}) {
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

TEST(Layout, EveryWorkerHasItsRank) {
  for (const Index workers : {1, 2, 10, 64})
    for (const Index ranks : {1, 2, 3, 8, 100}) {
      const WorkerLayout layout(workers, ranks);
      for (Index m = 0; m < workers; ++m) EXPECT_TRUE(layout.workers_of(layout.rank_of(m)).contains(m));
      EXPECT_EQ(layout.idle_ranks(), ranks > workers ? ranks - workers : 0);
    }
}

TEST(Layout, SegmentsCoverTheCoordinatesAtCacheLines) {
  for (const Index d : {1, 7, 8, 9, 1000})
    for (const Index ranks : {1, 2, 3, 8, 200}) {
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
