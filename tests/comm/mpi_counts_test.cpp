// Sizes and offsets beyond MPI's int counts go through as multiples of 8 bytes, or are refused by name.
#include "comm/mpi_counts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vireo/core/error.hpp"

namespace vireo::comm {
namespace {

constexpr std::size_t giga = std::size_t{1} << 30;

TEST(MpiCounts, CountsNumbersWhereAllPiecesAllow) {
  MpiCounts counts;
  counts.assign(std::vector<Piece>{{0, 16}, {3, 0}, {16, 8}});
  EXPECT_EQ(counts.unit, 8);
  EXPECT_EQ(counts.counts, (std::vector{2, 0, 1}));
  EXPECT_EQ(counts.offsets, (std::vector{0, 0, 2}));
  counts.assign(std::vector<Piece>{{0, 16}, {16, 7}});
  EXPECT_EQ(counts.unit, 1);
  EXPECT_EQ(counts.counts, (std::vector{16, 7}));
  EXPECT_EQ(counts.offsets, (std::vector{0, 16}));
}

TEST(MpiCounts, ReachesSixteenGibibytesInNumbers) {
  MpiCounts counts;
  counts.assign(std::vector<Piece>{{0, 4 * giga}, {16 * giga - 8, 8}});
  EXPECT_EQ(counts.counts, (std::vector{1 << 29, 1}));
  EXPECT_EQ(counts.offsets, (std::vector{0, 2147483647}));
}

TEST(MpiCounts, NamesASizeThatDoesNotFit) {
  const auto text = [](Piece piece) -> std::string {
    try {
      MpiCounts().assign({&piece, 1});
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::internal);
      return error.what();
    }
    return "nothing thrown";
  };
  EXPECT_THAT(text({0, 16 * giga}), ::testing::HasSubstr("size of 17179869184 bytes"));
  EXPECT_THAT(text({16 * giga, 8}), ::testing::HasSubstr("offset of 17179869184 bytes"));
  EXPECT_THAT(text({0, 2 * giga + 1}), ::testing::HasSubstr("size of 2147483649 bytes"));
}

}  // namespace
}  // namespace vireo::comm
