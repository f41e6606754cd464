// Pins the storage of vectors: on cache lines, on huge pages where it is large, and kept when it grows from one to the
// other.
#include <gtest/gtest.h>

#include <cstdint>

#include "vireo/core/vector.hpp"

namespace vireo {
namespace {

constexpr Index threshold = (std::size_t{4} << 20) / sizeof(double);
constexpr std::uintptr_t huge_page = std::uintptr_t{2} << 20;

std::uintptr_t address(const Vector& x) { return reinterpret_cast<std::uintptr_t>(x.data()); }

TEST(Storage, BeginsOnACacheLine) {
  for (const Index n : {Index{1}, Index{7}, Index{8}, Index{1000}, threshold - 1, threshold, threshold + 1}) {
    const Vector first(n);
    const Vector second(n);
    EXPECT_EQ(address(first) % 64, 0U) << n;
    EXPECT_EQ(address(second) % 64, 0U) << n;
  }
}

TEST(Storage, BeginsOnAHugePageIfLarge) {
  for (const Index n : {threshold, threshold + 1, 3 * threshold}) EXPECT_EQ(address(Vector(n)) % huge_page, 0U) << n;
}

TEST(Storage, KeepsItsNumbersWhenItGrowsAndShrinksAcrossTheThreshold) {
  Vector x(threshold - 1, 1.5);
  x.push_back(2.5);
  x.resize(2 * threshold, 3.5);
  EXPECT_EQ(x[threshold - 2], 1.5);
  EXPECT_EQ(x[threshold - 1], 2.5);
  EXPECT_EQ(x.back(), 3.5);
  x.resize(3);
  x.shrink_to_fit();
  EXPECT_EQ(x, Vector(3, 1.5));
}

}  // namespace
}  // namespace vireo
