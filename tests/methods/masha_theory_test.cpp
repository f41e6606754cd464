// Pins the step rules of the MASHA family to their text, those of version 0.1.0 too, and the constants of sampled
// estimates to second moments found by enumeration.
#include "methods/masha_theory.hpp"

#include "methods/former_steps.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/masha2_theory.hpp"
#include "methods/optimistic_theory.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

namespace vireo {
namespace {

using Draws = CompressorTheory::Draws;

CompressorTheory contractive(double delta, double growth = 1) {
  return {.kind = CompressorTheory::Kind::contractive, .delta = delta, .growth = growth};
}

TEST(MashaTheory, TheFormerStepOfMasha2IsTheTexts) {
  const double L_tilde = 3, p = 0.25;
  const auto unit = [&](const methods::ChannelTheory& channel) {  // gamma L_tilde / sqrt(1 - tau)
    return methods::version_0_1_0::masha2_step(channel, L_tilde, 0, p) * L_tilde / std::sqrt(p);
  };
  const CompressorTheory identity;
  EXPECT_DOUBLE_EQ(unit({contractive(4), identity}), 1 / (2 * std::sqrt(160 * 16 + 2)));
  const auto H = [](double dev, double serv, double c) {
    return 8 * dev * dev * (20 + 320 * c * serv * serv) + 320 * c * serv * serv + 2;
  };
  EXPECT_DOUBLE_EQ(unit({contractive(4), contractive(10)}), 1 / (2 * std::sqrt(H(4, 10, 1))));
  EXPECT_DOUBLE_EQ(unit({contractive(4, 4), contractive(10)}), 1 / (2 * std::sqrt(H(4, 10, 4))));
  // "approximate values": 1/(25 delta), 1/(102 delta delta), 1/(203 delta delta)
  EXPECT_NEAR(1 / unit({contractive(50), identity}), 25 * 50, 0.02 * 25 * 50);
  EXPECT_NEAR(1 / unit({contractive(50), contractive(50)}), 102 * 2500, 0.02 * 102 * 2500);
  EXPECT_NEAR(1 / unit({contractive(50, 4), contractive(50)}), 203 * 2500, 0.02 * 203 * 2500);
  // strong monotonicity
  EXPECT_DOUBLE_EQ(methods::version_0_1_0::masha2_step({contractive(2), identity}, 1e-9, 5, p), p / 20);
  EXPECT_DOUBLE_EQ(methods::version_0_1_0::masha2_step({contractive(2), contractive(40)}, 1e-9, 5, p), 1.0 / 400);
  EXPECT_DOUBLE_EQ(methods::error_feedback_probability({contractive(8), identity}), 1.0 / 8);
  EXPECT_DOUBLE_EQ(methods::error_feedback_probability({identity, contractive(8)}), 1.0 / 8);
  EXPECT_DOUBLE_EQ(methods::error_feedback_probability({identity, identity}), 0.5);
  EXPECT_DOUBLE_EQ(methods::participating(contractive(8), 0.25).delta, 32);
  EXPECT_EQ(methods::participating(identity, 0.25).kind, CompressorTheory::Kind::contractive);
}

TEST(MashaTheory, TheStepOfMasha1IsTheTexts) {
  const double p = 0.2, tau = 0.8;
  for (const bool next : {false, true}) {
    methods::Masha1Theory theory{.C = 3, .probability = p, .to_next = next};
    EXPECT_DOUBLE_EQ(theory.limit(), std::sqrt(p) / 3);
    EXPECT_DOUBLE_EQ(theory.step().gamma, 0.99 * std::sqrt(p) / 3);
    EXPECT_EQ(theory.decay(0.1), 0);
    theory.mu = 0.1;
    theory.strong_convexity = 0.05;
    for (const double gamma : {0.01, 0.05, 0.14}) {
      const double s = theory.decay(gamma), c = p - 9 * gamma * gamma, W = next ? tau : 1;
      EXPECT_NEAR(s * W * tau / (tau - s * W) + s * c / (c - s), gamma * 0.25, 1e-14);
      EXPECT_LE(s, theory.decay(theory.step().gamma));
    }
    EXPECT_EQ(theory.decay(theory.limit() * 1.001), 0);
    // announced snapshots
    theory.B = 2;
    theory.rho = 0.5;
    if (!next) {
      EXPECT_DOUBLE_EQ(theory.limit(), std::sqrt(p) / (3 + 2 / std::sqrt(tau)));
    }
    EXPECT_LT(theory.limit(), std::sqrt(p) / 3);
    EXPECT_GT(theory.decay(theory.step().gamma), 0);
    // refresh=next: the limit is sufficient; gamma < sqrt(p) / (C + B) is necessary, as h v / (v - h) >= h
    EXPECT_EQ(theory.decay(next ? std::sqrt(p) / (3 + 2) : theory.limit() * 1.01), 0);
  }
  // R = 1, m = sqrt(2), growth 1: sqrt(q_serv) L_ms (R m + R' (1 + R)) by the compressors of workers and server
  const auto half = contractive(4.0 / 3);
  const CompressorTheory identity;
  const auto B = [](const methods::ChannelTheory& announced) {
    methods::Masha1Theory theory;
    theory.announce(announced, 2, std::sqrt(2), 5);
    EXPECT_EQ(theory.rho, 0.5);
    return theory.B;
  };
  EXPECT_DOUBLE_EQ(B({half, half}), 2 * 5 * (std::sqrt(2) + 2));
  EXPECT_DOUBLE_EQ(B({half, identity}), 2 * 5 * std::sqrt(2));
  EXPECT_DOUBLE_EQ(B({identity, half}), 2 * 5);
}

TEST(MashaTheory, TheStepOfMasha2IsTheTexts) {
  const CompressorTheory identity;
  // R = rho / (1 - rho), rho = sqrt(3)/2 for delta = 4
  const double R = std::sqrt(0.75) / (1 - std::sqrt(0.75));
  methods::Masha2Theory theory{.channel = {contractive(4), identity}, .L = 2, .L_ms = 3, .mu = 0, .probability = 0.25};
  EXPECT_NEAR(theory.feedback(), R, 1e-14);
  const double gamma = theory.step().gamma / 0.99;
  EXPECT_NEAR(gamma * gamma * (4 + 12 * R + 9 * R * R / 0.75), 0.25, 1e-12);
  theory.channel.down = contractive(4);
  theory.channel.up.growth = 4;
  EXPECT_NEAR(theory.feedback(), R + 2 * R * (1 + R), 1e-12);
  theory.channel = {identity, contractive(4)};
  EXPECT_NEAR(theory.feedback(), R, 1e-14);
  theory.channel = {identity, identity};
  EXPECT_NEAR(theory.step().gamma, 0.99 * 0.5 / 2, 1e-12);  // masha1's
  // strong monotonicity
  theory.channel = {contractive(4), identity};
  theory.mu = 0.3;
  const double x = theory.step().gamma * theory.mu;
  const double slower = R / (1 - x / 2 / (1 - std::sqrt(0.75)));
  const double g2 = theory.step().gamma * theory.step().gamma;
  EXPECT_NEAR(g2 * (4 + 12 * slower + 9 * slower * slower * (1 / (0.75 - 2 * x) + 2 * x)) + x, 0.25, 1e-12);
  EXPECT_GT(theory.step().gamma, 10 * methods::version_0_1_0::masha2_step(theory.channel, 3, 0.3, 0.25));
}

TEST(MashaTheory, TheStepOfOptimisticMashaIsTheTexts) {
  const methods::OptimisticTheory L_dominates{.L = 2, .N = 0, .probability = 0.2, .mu = 0.1};
  EXPECT_NEAR(L_dominates.step(), 0.8 / 4, 1e-12);
  const methods::OptimisticTheory N_dominates{.L = 1e-9, .N = 2, .probability = 0.01, .mu = 0};
  EXPECT_NEAR(N_dominates.step(), std::sqrt(0.01 / 2) / 2, 0.01 * 0.05);
  const methods::OptimisticTheory both{.L = 1, .N = 2, .probability = 0.1, .mu = 0.05};
  const double eta = both.step(), noise = 2 * 4 * eta * eta, zeta = both.alpha(eta) * 0.1 / noise - 1;
  EXPECT_NEAR(2 * eta + noise * (1 + 1 / zeta), 0.9, 1e-9);
  EXPECT_DOUBLE_EQ(both.alpha(eta), 1 - 0.1 * eta / (3 + 0.1 * eta));
  EXPECT_FALSE(both.proves(1.001 * eta));
}

TEST(MashaTheory, AWholeShardHasTheConstantOfMasha1) {
  for (const auto draws : {Draws::independent, Draws::shared, Draws::partition})
    for (const double q : {1.0, 1.125, 8.0}) {
      const CompressorTheory up{.q = q, .draws = draws};
      const methods::Sampled all{.L = 2, .L_ms = 3, .L_hat = 7, .share = 0};
      EXPECT_NEAR(methods::sampled_mean_constant(up, all, 8), methods::mean_constant(up, 2, 3, 8), 1e-14);
      if (draws != Draws::independent) continue;
      EXPECT_NEAR(methods::participating_mean_constant(up, 2, 3, 8, 8), methods::mean_constant(up, 2, 3, 8), 1e-14);
    }
  // one component: the text's L^2 + q L_hat^2 / M
  const methods::Sampled one{.L = 2, .L_ms = 3, .L_hat = 7, .share = 1};
  EXPECT_NEAR(methods::sampled_mean_constant({.q = 4}, one, 8), std::sqrt(4 + 4 * 49.0 / 8), 1e-14);
  // an announcement without error changes nothing
  EXPECT_EQ(methods::version_0_1_0::inexact_snapshot_constant(5, {}, 3, 8, 0, 0.5, false), 5);
  methods::Masha1Theory exact;
  exact.announce({}, 1, 1, 3);
  EXPECT_EQ(exact.B, 0);
}

TEST(MashaTheory, WorkersWithoutReplacementAreNoWorseThanTheTextsIndependentDraws) {
  for (const double b : {1.0, 2.0, 5.0, 8.0})
    for (const double q : {1.0, 4.0})
      EXPECT_LE(methods::participating_mean_constant({.q = q}, 2, 3, 8, b), std::sqrt(4 + q * 9 / b));
}

// F_m(z) = s_m z: E||(1/b) sum_S Q(s_m x)||^2 / ||x||^2 over all S, with Rand-k's variance (q - 1) s_m^2 each, is the
// constant itself.
TEST(MashaTheory, TheConstantOfParticipantsIsExactForMultiplesOfTheIdentity) {
  const std::vector<double> s{1, 2, -0.5, 3, 0.25};
  const std::size_t M = s.size();
  double mean = 0, square = 0;
  for (const double x : s) {
    mean += x / static_cast<double>(M);
    square += x * x / static_cast<double>(M);
  }
  for (const double q : {1.0, 4.0})
    for (std::size_t b = 1; b <= M; ++b) {
      double moment = 0, sets = 0;
      for (unsigned set = 0; set < 1U << M; ++set) {
        if (static_cast<std::size_t>(std::popcount(set)) != b) continue;
        double sum = 0, squares = 0;
        for (std::size_t m = 0; m < M; ++m)
          if ((set >> m & 1U) != 0) {
            sum += s[m];
            squares += s[m] * s[m];
          }
        const auto size = static_cast<double>(b);
        moment += (sum * sum + (q - 1) * squares) / (size * size);
        sets += 1;
      }
      const double C = methods::participating_mean_constant({.q = q}, std::abs(mean), std::sqrt(square),
                                                            static_cast<double>(M), static_cast<double>(b));
      EXPECT_NEAR(C * C, moment / sets, 1e-12) << "q=" << q << " b=" << b;
    }
}

// Two workers with three components s_i each: E||mean_m Q(D_m)||^2 over all batches of b, again with Rand-k's
// variance.
TEST(MashaTheory, TheConstantOfBatchesBoundsTheSecondMomentAndIsExactForStrongCompression) {
  const std::vector<std::vector<double>> s{{1, 2, -0.5}, {3, 0.25, 1}};
  constexpr std::size_t r = 3, M = 2;
  double mean = 0, square = 0, components = 0;
  for (const auto& shard : s) {
    const double m = (shard[0] + shard[1] + shard[2]) / 3;
    mean += m / M;
    square += m * m / M;
    for (const double x : shard) components += x * x / (r * M);
  }
  for (const double q : {1.0, 1.5, 4.0})
    for (std::size_t b = 1; b <= r; ++b) {
      // per worker: mean over batches of the square; the means over workers then
      double variance = 0;
      for (const auto& shard : s) {
        double moment = 0, sets = 0;
        for (unsigned set = 0; set < 1U << r; ++set) {
          if (static_cast<std::size_t>(std::popcount(set)) != b) continue;
          double sum = 0;
          for (std::size_t i = 0; i < r; ++i)
            if ((set >> i & 1U) != 0) sum += shard[i];
          moment += sum * sum / static_cast<double>(b * b);
          sets += 1;
        }
        const double m = (shard[0] + shard[1] + shard[2]) / 3;
        variance += (q * moment / sets - m * m) / (M * M);
      }
      const auto size = static_cast<double>(b);
      const methods::Sampled sampled{.L = std::abs(mean),
                                     .L_ms = std::sqrt(square),
                                     .L_hat = std::sqrt(components),
                                     .share = (3 - size) / (size * 2)};
      const double C = methods::sampled_mean_constant({.q = q}, sampled, M);
      EXPECT_GE(C * C, mean * mean + variance - 1e-12) << "q=" << q << " b=" << b;
      if (q * (1 - sampled.share) < 1) continue;
      EXPECT_NEAR(C * C, mean * mean + variance, 1e-12) << "q=" << q << " b=" << b;
    }
}

}  // namespace
}  // namespace vireo
