// "did you mean": near misses are found, far ones are not offered.
#include <gtest/gtest.h>

#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

const std::vector<std::string> names = {"extragradient", "masha1", "masha2", "randk", "topk", "fraction", "k", "none"};

TEST(Nearest, FindsTypingErrors) {
  EXPECT_EQ(nearest("fractoin", names), "fraction");  // two neighbours swapped: one edit
  EXPECT_EQ(nearest("fracton", names), "fraction");
  EXPECT_EQ(nearest("ffraction", names), "fraction");
  EXPECT_EQ(nearest("rankd", names), "randk");
  EXPECT_EQ(nearest("extragradeint", names), "extragradient");
  EXPECT_EQ(nearest("RandK", names), "randk");
  EXPECT_EQ(nearest("masha3", names), "masha1");  // the first of equals
  EXPECT_EQ(nearest("masha2", names), "masha2");
}

TEST(Nearest, FindsAbbreviations) {
  EXPECT_EQ(nearest("frac", names), "fraction");
  EXPECT_EQ(nearest("extra", names), "extragradient");
  EXPECT_EQ(nearest("ma", names), "");  // two begin so
}

TEST(Nearest, DoesNotGuessWildly) {
  EXPECT_EQ(nearest("q", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(nearest("zzzzzz", names), "");
  EXPECT_EQ(nearest("step", names), "");
  EXPECT_EQ(nearest("fraction", {}), "");
  EXPECT_EQ(nearest(std::string(1000000, 'x'), names), "");
}

}  // namespace
}  // namespace vireo
