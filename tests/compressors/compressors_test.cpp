// Every compressor encodes to the size it declares and decodes what it encodes, however the message is cut into pieces;
// Top-k is exact.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "compressors/support.hpp"
#include "encoding/place_code.hpp"
#include "exchange/rank_holders.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

class EveryCompressor : public ::testing::TestWithParam<std::string> {};

TEST_P(EveryCompressor, EncodesToItsDeclaredSizeAndDecodesAllOfIt) {
  const auto Q = test::make(GetParam());
  for (const auto& [name, x] : test::samples())
    for (Index worker = 0; worker < 8; ++worker) {
      const auto message = test::message_of(1, x.size(), worker);
      std::vector<random::Offset> support;
      Q->support(message, {0, x.size()}, support);
      const Part part{message, {0, x.size()}, support};
      Holders alone;
      const auto head = Q->summarize(message, {0, x.size()}, x, alone);
      Compressor::Bytes bytes;
      Q->encode(part, head.get(), x, bytes);
      EXPECT_EQ(static_cast<std::int64_t>(bytes.size()), Q->encoded_bytes(message)) << name;
      if (Q->support_kind() != Compressor::Support::data) {
        EXPECT_EQ(bytes.size(), Q->piece_bytes(part)) << name;
      }
      // followed by something else: a piece ends by itself
      auto longer = bytes;
      longer.resize(longer.size() + 16, std::byte{0xa5});
      Entries entries, again;
      EXPECT_EQ(Q->decode(part, bytes, entries), bytes.size()) << name;
      EXPECT_EQ(Q->decode(part, longer, again), bytes.size()) << name;
      EXPECT_EQ(entries.values, again.values) << name;
      EXPECT_EQ(entries.offsets, again.offsets) << name;
      EXPECT_TRUE(std::ranges::is_sorted(entries.offsets, std::less_equal<>()) || entries.offsets.size() < 2) << name;
    }
}

// The exchange reads such pieces where they have arrived, and writes the downlink's itself.
TEST_P(EveryCompressor, WithAVerbatimFactorSendsItsMultiplesOfTheSupport) {
  const auto Q = test::make(GetParam());
  const std::set<std::string> verbatim{"randk", "randk-shared", "permk"};
  const std::string name = GetParam().substr(0, GetParam().find(':'));
  const bool expected = verbatim.contains(name) && GetParam().find("float32") == std::string::npos;
  for (const auto& [of, x] : test::samples()) {
    const auto message = test::message_of(4, x.size());
    const double c = Q->verbatim_factor(message);
    EXPECT_EQ(c != 0, expected);
    if (c == 0) continue;
    const Range segment{x.size() / 3, x.size()};
    std::vector<random::Offset> support;
    Q->support(message, segment, support);
    std::vector<double> numbers;
    for (const auto j : support) numbers.push_back(c * x[segment.begin + j]);
    Compressor::Bytes bytes;
    Q->encode({message, segment, support}, nullptr, ConstView(x).subspan(segment.begin), bytes);
    EXPECT_TRUE(std::ranges::equal(bytes, std::as_bytes(std::span(numbers)))) << of;
    Entries entries;
    Q->decode({message, segment, support}, bytes, entries);
    EXPECT_EQ(Q->support_kind(), Compressor::Support::key);
    EXPECT_EQ(entries.offsets, support) << of;
    EXPECT_EQ(entries.values, numbers) << of;
  }
}

TEST_P(EveryCompressor, EncodingWhatWasDecodedGivesTheSameNumbers) {
  const auto Q = test::make(GetParam());
  const auto theory = Q->theory(60, 8);
  if (theory.kind == CompressorTheory::Kind::contractive || GetParam() == "none" || GetParam() == "natural" ||
      GetParam().starts_with("rounding"))
    for (const auto& [name, x] : test::samples()) {
      if (GetParam() == "sign") continue;  // keeps magnitudes only on average
      // rounding up the largest number moves the smallest one that 5 bits of exponent reach
      if (GetParam() == "rounding:bits=8" && std::string(name) == "one huge entry") continue;
      const auto once = test::compressed(*Q, x, test::message_of(1, x.size()));
      EXPECT_EQ(test::compressed(*Q, once, test::message_of(2, x.size())), once) << name;
    }
}

TEST_P(EveryCompressor, PiecesJoinToTheWhole) {
  const auto Q = test::make(GetParam());
  for (const auto& [name, x] : test::samples()) {
    const Index d = x.size();
    const auto message = test::message_of(9, d);
    const Vector whole = test::compressed(*Q, x, message);
    Holders alone;
    const auto head = Q->summarize(message, {0, d}, x, alone);
    for (const Index parts : {2U, 3U, 5U, 60U}) {
      Vector joined(d, 0.0);
      for (Index p = 0; p < parts; ++p) {
        const Range segment = part_of(d, parts, p);
        std::vector<random::Offset> support;
        Q->support(message, segment, support);
        const Part part{message, segment, support};
        Compressor::Bytes bytes;
        Q->encode(part, head.get(), ConstView(x).subspan(segment.begin, segment.size()), bytes);
        if (Q->support_kind() != Compressor::Support::data) {
          EXPECT_EQ(bytes.size(), Q->piece_bytes(part));
        }
        Entries entries;
        EXPECT_EQ(Q->decode(part, bytes, entries), bytes.size());
        encoding::spread(entries, View(joined).subspan(segment.begin, segment.size()));
      }
      EXPECT_EQ(joined, whole) << name << " in " << parts;
    }
  }
}

TEST_P(EveryCompressor, HoldersOfSegmentsFindTogetherWhatOneFindsAlone) {
  const auto Q = test::make(GetParam());
  for (const auto& [name, x] : test::samples()) {
    const Index d = x.size();
    const auto message = test::message_of(9, d);
    const Vector whole = test::compressed(*Q, x, message);
    for (const int ranks : {2, 3, 7}) {
      Vector joined(d, 0.0);
      run_simulated(ranks, {}, [&, &x = x](Communicator& comm) {  // clang 14 does not capture structured bindings
        const Range segment = part_of(d, static_cast<Index>(ranks), static_cast<Index>(comm.rank()));
        const ConstView mine = ConstView(x).subspan(segment.begin, segment.size());
        exchanging::RankHolders holders(comm);
        const auto head = Q->summarize(message, segment, mine, holders);
        std::vector<random::Offset> support;
        Q->support(message, segment, support);
        const Part part{message, segment, support};
        Compressor::Bytes bytes;
        Q->encode(part, head.get(), mine, bytes);
        Entries entries;
        Q->decode(part, bytes, entries);
        encoding::spread(entries, View(joined).subspan(segment.begin, segment.size()));
      });
      EXPECT_EQ(joined, whole) << name << " on " << ranks;
    }
  }
}

TEST_P(EveryCompressor, WhatIsNotFiniteHasNoEncodingThatCrashes) {
  const auto Q = test::make(GetParam());
  for (const Index d : {1U, 2U, 17U, 100U})
    for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()})
      (void)test::compressed(*Q, Vector(d, bad), test::message_of(3, d));
}

INSTANTIATE_TEST_SUITE_P(Compressors, EveryCompressor, ::testing::ValuesIn(test::all_specs()));

TEST(TopK, KeepsTheLargestAndOfEqualOnesTheLowest) {
  const auto kept = [](const Vector& x, const std::string& spec) {
    return test::compressed(*test::make(spec), x, test::message_of(0, x.size()));
  };
  EXPECT_EQ(kept({1, -3, 2}, "topk:k=1"), (Vector{0, -3, 0}));
  EXPECT_EQ(kept({2, -2, 2, 2}, "topk:k=2"), (Vector{2, -2, 0, 0}));
  EXPECT_EQ(kept({0, 0, 5, 0}, "topk:k=2"), (Vector{0, 0, 5, 0}));
  EXPECT_EQ(kept(Vector(5, 0.0), "topk:k=3"), Vector(5, 0.0));
  for (std::uint64_t i = 0; i < 200; ++i) {
    Vector x(1 + 37 * (i % 40));
    random::normals({.seed = 4, .iteration = i}, 0, x);
    if (i % 3 == 0)
      for (double& value : x) value = std::round(value);  // many ties
    const Index k = 1 + i % x.size();
    std::vector<Index> order(x.size());
    std::iota(order.begin(), order.end(), Index{0});
    std::ranges::stable_sort(order, [&](Index a, Index b) { return std::abs(x[a]) > std::abs(x[b]); });
    Vector expected(x.size(), 0.0);
    for (Index n = 0; n < k; ++n) expected[order[n]] = x[order[n]];
    EXPECT_EQ(kept(x, "topk:k=" + std::to_string(k)), expected) << i;
  }
}

// One holder of a long message goes another way, by a sample: it must find the same.
TEST(TopK, TheLargestOfALongVectorAreThoseOfSorting) {
  Vector x(50000);
  random::normals({.seed = 14}, 0, x);
  Vector rounded = x, periodic = x, constant(x.size(), 3.0), mostly_zero(x.size(), 0.0), sorted = x;
  for (double& value : rounded) value = std::round(2 * value);
  for (Index j = 0; j < x.size(); ++j) periodic[j] = j % 64 == 0 ? 1e6 + x[j] : x[j];
  for (Index j = 0; j < x.size(); j += 997) mostly_zero[j] = x[j];
  std::ranges::sort(sorted);
  for (const Vector& v : {x, rounded, periodic, constant, mostly_zero, sorted})
    for (const Index k : {Index{1}, Index{10}, Index{500}, Index{5000}, Index{49999}, Index{50000}}) {
      std::vector<Index> order(v.size());
      std::iota(order.begin(), order.end(), Index{0});
      std::ranges::stable_sort(order, [&](Index a, Index b) { return std::abs(v[a]) > std::abs(v[b]); });
      Vector expected(v.size(), 0.0);
      for (Index n = 0; n < k; ++n) expected[order[n]] = v[order[n]];
      ASSERT_EQ(test::compressed(*test::make("topk:k=" + std::to_string(k)), v, test::message_of(0, v.size())),
                expected)
          << k;
    }
}

TEST(TopK, PlacesTakeAboutTheLogarithmOfTheirSpacing) {
  for (const Index d : {1000U, 100000U, 10000000U})
    for (const double fraction : {0.001, 0.01, 0.1}) {
      const auto k = static_cast<Index>(fraction * static_cast<double>(d));
      const auto bits = static_cast<double>(encoding::PlaceCode(k, d).bits(k, d)) / static_cast<double>(k);
      EXPECT_LE(bits, std::log2(1 / fraction) + 2.1) << d << " " << fraction;
    }
}

TEST(RandK, SizesFollowFractionAndK) {
  const auto bytes = [](const std::string& spec, Index d) { return test::make(spec)->encoded_bytes({{}, d}); };
  EXPECT_EQ(bytes("randk:fraction=0.1", 1000), 800);
  EXPECT_EQ(bytes("randk:fraction=0.001", 10), 8);  // at least one
  EXPECT_EQ(bytes("randk", 50), 40);
  EXPECT_EQ(bytes("randk:k=7", 1000), 56);
  EXPECT_EQ(bytes("randk:k=7,wire=float32", 1000), 30);
  EXPECT_DOUBLE_EQ(test::make("randk:k=7")->theory(1001, 1).q, 143);
  EXPECT_THROW((void)test::make("randk:k=7")->theory(5, 1), UsageError);
  EXPECT_THROW((void)test::make("randk:k=7,fraction=0.1"), UsageError);
}

TEST(Sizes, OfThePackedCodes) {
  const auto bytes = [](const std::string& spec, Index d) { return test::make(spec)->encoded_bytes({{}, d}); };
  EXPECT_EQ(bytes("natural", 1000), 2 + 1125);
  EXPECT_EQ(bytes("rounding:bits=16", 1000), 2 + 2000);
  EXPECT_EQ(bytes("dithering", 1000), 8 + 1000);
  EXPECT_EQ(bytes("dithering:levels=1", 1000), 8 + 250);
  EXPECT_EQ(bytes("sign", 1000), 8 + 125);
  EXPECT_THROW((void)test::make("induced:first=[randk],second=[randk]")->theory(10, 1), UsageError);
  EXPECT_THROW((void)test::make("induced:first=[topk],second=[topk]")->theory(10, 1), UsageError);
}

}  // namespace
}  // namespace vireo
