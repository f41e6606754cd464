// Every compressor keeps what it declares: mean and second moment, exact size, decode(encode(x)), and pieces that join to the whole.
#include <gtest/gtest.h>

#include <cmath>

#include "compressors/apply.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/plugins/registry.hpp"

namespace vireo {
namespace {

CompressorPointer make(const std::string& text) {
  static const Registry registry = Registry::builtin();
  const Spec spec = Spec::parse(text);
  const auto& plug = registry.compressors.find(spec.name);
  return plug.make(Parameters("compressor", spec, plug.parameters));
}

random::Key key_of(std::uint64_t iteration) {
  return {.seed = 2, .purpose = random::Purpose::uplink, .worker = 6, .iteration = iteration};
}

Vector compressed(const Compressor& Q, ConstView x, std::uint64_t iteration) {
  Vector out(x.begin(), x.end());
  ApplyScratch scratch;
  apply(Q, key_of(iteration), out, scratch);
  return out;
}

struct Sample {
  const char* name;
  Vector x;
};

std::vector<Sample> samples() {
  Vector normal(60);
  random::normals({.seed = 8, .purpose = random::Purpose::problem}, 0, normal);
  Vector peak(100, 1e-3);
  peak[37] = 1e6;
  return {{"one number", {-2.5}}, {"normal", normal}, {"zero", Vector(20, 0.0)}, {"denormal", Vector(30, 5e-324)},
          {"one huge entry", peak}};
}

class EveryCompressor : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryCompressor, HasTheMeanAndTheSecondMomentItDeclares) {
  const auto Q = make(GetParam());
  for (const auto& [name, x] : samples()) {
    const auto theory = Q->theory(x.size());
    ASSERT_EQ(theory.kind, CompressorTheory::Kind::unbiased);
    constexpr int draws = 20000;
    Vector mean(x.size(), 0.0);
    Vector squares(x.size(), 0.0);
    double second = 0;
    double second_squares = 0;
    for (int i = 0; i < draws; ++i) {
      const Vector y = compressed(*Q, x, static_cast<std::uint64_t>(i));
      const double norm = kernels::squared_norm(y);
      second += norm;
      second_squares += norm * norm;
      for (Index j = 0; j < x.size(); ++j) {
        mean[j] += y[j];
        squares[j] += y[j] * y[j];
      }
    }
    for (Index j = 0; j < x.size(); ++j) {
      const double average = mean[j] / draws;
      const double variance = std::max(0.0, squares[j] / draws - average * average);
      EXPECT_LE(std::abs(average - x[j]), 5 * std::sqrt(variance / draws) + 1e-12 * std::abs(x[j])) << name << " " << j;
    }
    second /= draws;
    const double spread = std::sqrt(std::max(0.0, second_squares / draws - second * second) / draws);
    const double bound = theory.q * kernels::squared_norm(x);
    EXPECT_LE(second, bound + 5 * spread + 1e-12 * bound) << name;
    // Rand-k and the identity attain their constant
    EXPECT_GE(second, bound - 5 * spread - 1e-12 * bound) << name;
  }
}

TEST_P(EveryCompressor, EncodesToItsDeclaredSizeAndDecodesExactly) {
  const auto Q = make(GetParam());
  for (const auto& [name, x] : samples()) {
    std::vector<random::Offset> support;
    Q->support(key_of(1), x.size(), {0, x.size()}, support);
    EXPECT_EQ(support.size(), Q->entries(x.size()));
    const auto bytes = Q->piece_bytes(support.size());
    EXPECT_EQ(static_cast<std::int64_t>(bytes), Q->encoded_bytes(x.size())) << name;
    std::vector<std::byte> message(bytes);
    Q->encode(x.size(), x, support, message);
    std::vector<double> values;
    Q->decode(x.size(), message, support, values);
    std::vector<std::byte> again(bytes);
    Vector decoded(x.size(), 0.0);
    // a message carries scaled values: encoding what decodes to the same values gives the same bytes
    const double scale = static_cast<double>(x.size()) / static_cast<double>(support.size());
    for (std::size_t i = 0; i < support.size(); ++i) {
      EXPECT_EQ(values[i], scale * x[support[i]]) << name;
      decoded[support[i]] = values[i];
    }
    EXPECT_EQ(compressed(*Q, x, 1), decoded);
  }
}

TEST_P(EveryCompressor, PiecesJoinToTheWhole) {
  const auto Q = make(GetParam());
  const Vector x = samples()[1].x;
  const Vector whole = compressed(*Q, x, 9);
  for (const Index parts : {2, 3, 5, 60}) {
    Vector joined(x.size(), 0.0);
    for (Index p = 0; p < parts; ++p) {
      const Range segment = part_of(x.size(), parts, p);
      std::vector<random::Offset> support;
      Q->support(key_of(9), x.size(), segment, support);
      std::vector<std::byte> piece(Q->piece_bytes(support.size()));
      Q->encode(x.size(), ConstView(x).subspan(segment.begin, segment.size()), support, piece);
      std::vector<double> values;
      Q->decode(x.size(), piece, support, values);
      for (std::size_t i = 0; i < support.size(); ++i) joined[segment.begin + support[i]] = values[i];
    }
    EXPECT_EQ(joined, whole) << parts;
  }
}

INSTANTIATE_TEST_SUITE_P(Compressors, EveryCompressor,
                         ::testing::Values("none", "randk:fraction=0.1", "randk:fraction=1", "randk:k=1", "randk:fraction=0.7"));

TEST(RandK, SizesFollowFractionAndK) {
  EXPECT_EQ(make("randk:fraction=0.1")->entries(1000), 100U);
  EXPECT_EQ(make("randk:fraction=0.001")->entries(10), 1U);  // at least one
  EXPECT_EQ(make("randk")->entries(50), 5U);
  EXPECT_EQ(make("randk:k=7")->entries(1000), 7U);
  EXPECT_DOUBLE_EQ(make("randk:k=7")->theory(1001).q, 143);
  EXPECT_THROW((void)make("randk:k=7")->theory(5), UsageError);
  EXPECT_THROW((void)make("randk:k=7,fraction=0.1"), UsageError);
}

}  // namespace
}  // namespace vireo
