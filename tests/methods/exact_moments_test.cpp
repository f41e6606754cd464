// Pins the certificate of forb and optimistic, and the theorems on masha1, masha2, optimistic-masha, svogs and three-pillars: on small problems
// that are sought out to be hard, exact expectations over all draws stay under what is claimed at the claimed step.
#include "methods/exact_moments.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "methods/masha1_theory.hpp"
#include "methods/masha2_theory.hpp"
#include "methods/optimistic_theory.hpp"
#include "methods/past_gradient.hpp"

namespace vireo {
namespace {

using test::Adversary;
using test::block;
using test::Branch;
using test::Column;
using test::Matrix;
using test::SmallProblem;
using Draws = CompressorTheory::Draws;

/// 20, or as many as VIREO_ADVERSARIES says
std::uint64_t adversaries() {
  const char* const text = std::getenv("VIREO_ADVERSARIES");
  return text != nullptr ? std::stoull(text) : 20;
}

/// The worst of a problem and those near by that are worse
template <class Score>
double worst(Adversary& adversary, SmallProblem problem, int tries, const Score& score) {
  double found = score(problem);
  for (int i = 0; i < tries; ++i) {
    auto other = adversary.near(problem);
    const double of_other = score(other);
    if (of_other <= found) continue;
    found = of_other;
    problem = std::move(other);
  }
  return found;
}

/// The maps of the workers in one round, and the probability of the round
struct RoundOfMaps {
  std::vector<Matrix> of_worker;
  double probability;
};
struct Uplink {
  CompressorTheory theory;
  std::vector<RoundOfMaps> rounds;
};

Uplink uplink(Draws draws, bool compressed, std::size_t M) {
  Uplink out;
  if (!compressed) {
    out.rounds.push_back({std::vector<Matrix>(M, Matrix::Identity(2, 2)), 1});
    return out;
  }
  out.theory = {.q = 2, .draws = draws};
  const auto maps = test::on_one_coordinate(2);
  if (draws == Draws::independent)
    test::for_each_choice(maps, M, [&](const std::vector<const Matrix*>& chosen, double probability) {
      RoundOfMaps round{{}, probability};
      for (const auto* const map : chosen) round.of_worker.push_back(*map);
      out.rounds.push_back(std::move(round));
    });
  else if (draws == Draws::shared)
    for (const auto& map : maps) out.rounds.push_back({std::vector<Matrix>(M, map), 0.5});
  else  // of two workers, each has one of the two coordinates
    out.rounds = {{{maps[0], maps[1]}, 0.5}, {{maps[1], maps[0]}, 0.5}};
  return out;
}

/// One of the regularizers in R^2, with a point and a subgradient there
struct Constraint {
  std::string name;
  double mu = 0;
  Column solution, subgradient;
  std::function<Column(double, const Column&)> prox;
};

Constraint constraint(Adversary& adversary, std::size_t which) {
  const auto positive = [&] { return -std::log(adversary.uniform(0.01, 1)); };
  Constraint out{.name = "0", .solution = adversary.normals(2, 1), .subgradient = Column::Zero(2), .prox = {}};
  out.prox = [](double, const Column& x) { return x; };
  if (which == 1) {
    out.name = "box";
    out.solution << 1, adversary.uniform(-1, 1);
    out.subgradient << positive(), 0;
    out.prox = [](double, const Column& x) { return Column(x.cwiseMax(-1).cwiseMin(1)); };
  } else if (which == 2) {
    out.name = "l1";
    out.solution << 0, adversary.uniform(0.1, 1);
    out.subgradient << adversary.uniform(-1, 1), 1;
    out.prox = [](double t, const Column& x) { return Column(x.array().sign() * (x.array().abs() - t).max(0)); };
  } else if (which == 3) {
    out.name = "simplex";
    out.solution << 1, 0;
    out.subgradient << 0.3, 0.3 - positive();
    out.prox = [](double, const Column& x) {
      const double first = std::clamp((x(0) - x(1) + 1) / 2, 0.0, 1.0);
      return Column{{first, 1 - first}};
    };
  } else if (which == 4) {
    out.name = "l2";
    out.mu = std::pow(10, adversary.uniform(-2, 0.5));
    out.subgradient = out.mu * out.solution;
    out.prox = [mu = out.mu](double t, const Column& x) { return Column(x / (1 + t * mu)); };
  }
  return out;
}

/// masha1 with F_m(z) = J_m (z - z*) - v, v in dg(z*)
struct Masha1Step {
  const SmallProblem& problem;
  const Uplink& up;
  const std::vector<Matrix>& down;
  const Constraint& g;
  const methods::Masha1Theory& theory;
  double gamma;

  [[nodiscard]] double V(const Column& z, const Column& w) const {
    return (theory.to_next ? 1 - theory.probability : 1.0) * (z - g.solution).squaredNorm() +
           (w - g.solution).squaredNorm();
  }
  /// E V after an iteration
  [[nodiscard]] double next(const Column& z, const Column& w) const {
    const double p = theory.probability;
    const Column F_w = problem.J() * (w - g.solution) - g.subgradient;
    const Column zbar = (1 - p) * z + p * w;
    const Column half = g.prox(gamma, zbar - gamma * F_w);
    double expected = 0;
    for (const auto& round : up.rounds) {
      Column mean = Column::Zero(2);
      for (std::size_t m = 0; m < problem.J_m.size(); ++m)
        mean += round.of_worker[m] * problem.J_m[m] * (half - w) / static_cast<double>(problem.J_m.size());
      for (const auto& map : down) {
        const Column after = g.prox(gamma, zbar - gamma * (F_w + map * mean));
        expected += round.probability / static_cast<double>(down.size()) *
                    ((1 - p) * V(after, w) + p * V(after, theory.to_next ? after : z));
      }
    }
    return expected;
  }
};

// E V_{k+1} <= (1 - s) V_k from any state, at the automatic step, and at others below the limit
TEST(ExactMoments, Masha1) {
  for (std::uint64_t seed = 0; seed < adversaries(); ++seed) {
    Adversary adversary(seed);
    for (std::size_t which = 0; which < 5; ++which) {
      const auto draws = std::array{Draws::independent, Draws::shared, Draws::partition}[adversary.one_of(3)];
      const std::size_t M = draws == Draws::partition ? 2 : 1 + adversary.one_of(3);
      const auto up = uplink(draws, adversary.one_of(4) > 0, M);
      const bool back = adversary.one_of(2) == 1;
      const auto down = back ? test::on_one_coordinate(2) : test::identity_map();
      const auto g = constraint(adversary, which);
      const double p = std::array{0.05, 0.1, 0.25, 0.5, 0.9}[adversary.one_of(5)];
      const bool next = adversary.one_of(2) == 1;
      const double fraction = adversary.one_of(2) == 0 ? 0 : adversary.uniform(0.2, 0.999);
      Column z = Column::Zero(2), w = z;
      const auto score = [&](const SmallProblem& problem) {
        const double C = std::sqrt(back ? 2.0 : 1.0) *
                         methods::mean_constant(up.theory, problem.L(), problem.mean_square(), static_cast<double>(M));
        const methods::Masha1Theory theory{
            .C = C, .probability = p, .to_next = next, .mu = problem.mu, .strong_convexity = g.mu};
        const double gamma = fraction > 0 ? fraction * theory.limit() : theory.step().gamma;
        const Masha1Step step{problem, up, down, g, theory, gamma};
        const double s = theory.decay(gamma);
        const auto excess = [&](const Column& at_z, const Column& at_w) {
          return step.next(at_z, at_w) / step.V(at_z, at_w) - (1 - s);
        };
        // the worst state, in the domain of g
        double most = -1;
        for (int i = 0; i < 40; ++i) {
          const double size = std::pow(10, adversary.uniform(-2, 1));
          const bool anew = i < 20;
          const Column at_z = g.prox(1, (anew ? g.solution : z) + size * (anew ? 1 : 0.3) * adversary.normals(2, 1));
          const Column at_w = g.prox(1, (anew ? g.solution : w) + size * (anew ? 1 : 0.3) * adversary.normals(2, 1));
          if (!(step.V(at_z, at_w) > 1e-12)) continue;
          const double now = excess(at_z, at_w);
          if (now <= most) continue;
          most = now;
          z = at_z;
          w = at_w;
        }
        return most;
      };
      const double mu = std::pow(10, adversary.uniform(-4, 0.7));
      EXPECT_LE(worst(adversary, adversary.problem(M, mu), 12, score), 1e-10)
          << "seed " << seed << " g = " << g.name << " p = " << p << " next = " << next;
    }
  }
}

/// Which announcements are compressed
struct Announced {
  bool up = true;
  bool down = true;
};

/// z, w, a_m and e of masha1 with announced snapshots
std::vector<Branch> announced(const SmallProblem& problem, const Uplink& up, const std::vector<Matrix>& down,
                              const methods::Masha1Theory& theory, double gamma, const Announced& compressed) {
  const Matrix identity = test::identity_map().front();
  const auto M = static_cast<Eigen::Index>(problem.J_m.size());
  const Eigen::Index blocks = 3 + M;
  const double p = theory.probability;
  const Matrix z = block(0, blocks), w = block(1, blocks), e = block(2 + M, blocks);
  std::vector<Matrix> a;
  Matrix v = problem.J() * w - e;
  for (Eigen::Index m = 0; m < M; ++m) {
    a.push_back(block(2 + m, blocks));
    v -= a.back() / static_cast<double>(M);
  }
  const Matrix zbar = (1 - p) * z + p * w;
  const Matrix half = zbar - gamma * v;
  std::vector<Branch> branches;
  for (const auto& round : up.rounds) {
    Matrix mean = e;
    for (std::size_t m = 0; m < a.size(); ++m)
      mean += round.of_worker[m] * (problem.J_m[m] * (half - w) + a[m]) / static_cast<double>(M);
    for (const auto& map : down) {
      const Matrix after = zbar - gamma * (v + map * mean);
      const double probability = round.probability / static_cast<double>(down.size());
      auto parts = a;
      parts.insert(parts.begin(), {after, w});
      parts.push_back(e);
      branches.push_back({test::stacked(parts), probability * (1 - p)});
      const Matrix moved = theory.to_next ? after : z;
      test::for_each_choice(test::on_one_coordinate(), a.size() + 1,
                            [&](const std::vector<const Matrix*>& maps, double chosen) {
                              std::vector<Matrix> left{after, moved};
                              Matrix owed = e;
                              for (std::size_t m = 0; m < a.size(); ++m) {
                                const Matrix x = a[m] + problem.J_m[m] * (moved - w);
                                const Matrix& C_m = compressed.up ? *maps[m] : identity;
                                left.push_back(x - C_m * x);
                                owed += C_m * x / static_cast<double>(M);
                              }
                              left.push_back(owed - (compressed.down ? *maps.back() : identity) * owed);
                              branches.push_back({test::stacked(left), probability * p * chosen});
                            });
    }
  }
  return branches;
}

TEST(ExactMoments, Masha1WithAnnouncedSnapshots) {
  for (std::uint64_t seed = 0; seed < adversaries(); ++seed) {
    Adversary adversary(seed);
    const std::size_t M = 1 + adversary.one_of(2);
    const auto up = uplink(Draws::independent, adversary.one_of(2) == 1, M);
    const bool back = adversary.one_of(2) == 1;
    const auto down = back ? test::on_one_coordinate(2) : test::identity_map();
    const double p = std::array{0.1, 0.3, 0.5, 0.9}[adversary.one_of(4)];
    const bool next = adversary.one_of(2) == 1;
    const CompressorTheory announcer{.kind = CompressorTheory::Kind::contractive, .delta = 2, .growth = 1};
    const Announced compressed = std::array{Announced{}, Announced{true, false}, Announced{false, true}}[seed % 3];
    const double root = back ? std::sqrt(2.0) : 1.0;
    const auto workers = static_cast<double>(M);
    const auto score = [&](const SmallProblem& problem) {
      const double L_ms = problem.mean_square();
      methods::Masha1Theory theory{.C = root * methods::mean_constant(up.theory, problem.L(), L_ms, workers),
                                   .probability = p,
                                   .to_next = next,
                                   .mu = problem.mu};
      theory.announce(
          {compressed.up ? announcer : CompressorTheory{}, compressed.down ? announcer : CompressorTheory{}}, root,
          methods::mean_constant(up.theory, 1, 1, workers), L_ms);
      const double gamma = theory.step().gamma;
      return test::growth(announced(problem, up, down, theory, gamma, compressed)) - (1 - theory.decay(gamma));
    };
    const double mu = std::pow(10, adversary.uniform(-4, 0.5));
    EXPECT_LE(worst(adversary, adversary.problem(M, mu), 3, score), 1e-10) << "seed " << seed << " p = " << p;
  }
}

/// z, w, e_m and e of masha2
std::vector<Branch> with_feedback(const SmallProblem& problem, const std::vector<Matrix>& up,
                                  const std::vector<Matrix>& down, double p, double gamma) {
  const auto M = static_cast<Eigen::Index>(problem.J_m.size());
  const Eigen::Index blocks = 3 + M;
  const Matrix z = block(0, blocks), w = block(1, blocks), e = block(2 + M, blocks);
  const Matrix half = (1 - p) * z + p * w - gamma * problem.J() * w;
  std::vector<Branch> branches;
  test::for_each_choice(up, problem.J_m.size(), [&](const std::vector<const Matrix*>& maps, double chosen) {
    std::vector<Matrix> left;
    Matrix y = e;
    for (std::size_t m = 0; m < maps.size(); ++m) {
      const Matrix x = gamma * problem.J_m[m] * (half - w) + block(2 + static_cast<Eigen::Index>(m), blocks);
      left.push_back(x - *maps[m] * x);
      y += *maps[m] * x / static_cast<double>(M);
    }
    for (const auto& map : down) {
      auto parts = left;
      parts.push_back(y - map * y);
      parts.insert(parts.begin(), {half - map * y, w});
      const double probability = chosen / static_cast<double>(down.size());
      branches.push_back({test::stacked(parts), probability * (1 - p)});
      parts[1] = z;
      branches.push_back({test::stacked(parts), probability * p});
    }
  });
  return branches;
}

TEST(ExactMoments, Masha2) {
  for (std::uint64_t seed = 0; seed < adversaries(); ++seed) {
    Adversary adversary(seed);
    const std::size_t M = 1 + adversary.one_of(2);
    const std::size_t which = adversary.one_of(3);
    const CompressorTheory half{.kind = CompressorTheory::Kind::contractive, .delta = 2, .growth = 1};
    const methods::ChannelTheory channel{which == 1 ? CompressorTheory{} : half,
                                         which == 0 ? CompressorTheory{} : half};
    const auto up = which == 1 ? test::identity_map() : test::on_one_coordinate();
    const auto down = which == 0 ? test::identity_map() : test::on_one_coordinate();
    const double p = std::array{0.05, 0.1, 0.25, 0.5, 0.7}[adversary.one_of(5)];
    const auto score = [&](const SmallProblem& problem) {
      const methods::Masha2Theory theory{
          .channel = channel, .L = problem.L(), .L_ms = problem.mean_square(), .mu = problem.mu, .probability = p};
      const double gamma = theory.step().gamma;
      return test::growth(with_feedback(problem, up, down, p, gamma)) - (1 - gamma * problem.mu / 2);
    };
    const double mu = std::pow(10, adversary.uniform(-5, 0.5));
    EXPECT_LE(worst(adversary, adversary.problem(M, mu), 4, score), 1e-10) << "seed " << seed << " p = " << p;
  }
}

/// z^k, z^{k-1}, w^k, w^{k-1}; delta: of the messages, resolvent: of F_1
template <class Message>
std::vector<Branch> optimistic(const Matrix& resolvent, const std::vector<double>& probabilities, double p, double eta,
                               double alpha, const Message& delta) {
  const Matrix z = block(0, 4), before = block(1, 4), w = block(2, 4), w_before = block(3, 4);
  const Matrix extrapolated = (1 + alpha) * z - alpha * before - w_before;
  std::vector<Branch> branches;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    const Matrix after = resolvent * ((1 - p) * z + p * w - eta * delta(i, extrapolated, w_before));
    branches.push_back({test::stacked({after, z, w, w}), probabilities[i] * (1 - p)});
    branches.push_back({test::stacked({after, z, after, w}), probabilities[i] * p});
  }
  return branches;
}

TEST(ExactMoments, OptimisticMasha) {
  for (std::uint64_t seed = 0; seed < adversaries(); ++seed) {
    Adversary adversary(seed);
    const auto draws = adversary.one_of(2) == 0 ? Draws::independent : Draws::partition;
    const std::size_t M = draws == Draws::partition ? 2 : 2 + adversary.one_of(2);
    const auto up = uplink(draws, true, M);
    std::vector<double> probabilities;
    for (const auto& round : up.rounds) probabilities.push_back(round.probability);
    const double p = std::array{0.05, 0.1, 0.25, 0.5}[adversary.one_of(4)];
    const auto score = [&](const SmallProblem& problem) {
      const Matrix J = problem.J();
      const double N = draws == Draws::partition ? problem.mean_square(J)
                                                 : problem.mean_square() / std::sqrt(static_cast<double>(M));
      const methods::OptimisticTheory theory{.L = problem.L(), .N = N, .probability = p, .mu = problem.mu};
      const double eta = theory.step();
      const auto delta = [&](std::size_t i, const Matrix& x, const Matrix& w) {
        Matrix out = J * w;
        for (std::size_t m = 0; m < M; ++m)
          out += up.rounds[i].of_worker[m] * problem.J_m[m] * x / static_cast<double>(M);
        return out;
      };
      const double alpha = theory.alpha(eta);
      return test::growth(optimistic(Matrix::Identity(2, 2), probabilities, p, eta, alpha, delta)) - alpha;
    };
    const double mu = std::pow(10, adversary.uniform(-5, 0.3));
    EXPECT_LE(worst(adversary, adversary.problem(M, mu), 4, score), 1e-10) << "seed " << seed << " p = " << p;
  }
}

/// F_1 monotone, so that its resolvent is there for any step
SmallProblem with_monotone_first(SmallProblem problem) {
  const Matrix& J = problem.J_m.front();
  const double least = (0.5 * (J + J.transpose())).eval().selfadjointView<Eigen::Lower>().eigenvalues().minCoeff();
  if (least >= 0) return problem;
  for (auto& J_m : problem.J_m) J_m -= least * Matrix::Identity(2, 2);
  problem.mu -= least;
  return problem;
}

TEST(ExactMoments, Svogs) {
  for (std::uint64_t seed = 0; seed < adversaries(); ++seed) {
    Adversary adversary(seed);
    const std::size_t M = 2 + adversary.one_of(2);
    const std::size_t b = 1 + adversary.one_of(2);
    const double p = std::array{0.05, 0.1, 0.125, 0.3}[adversary.one_of(4)];
    std::vector<std::vector<std::size_t>> samples;
    for (std::size_t i = 0; i < (b == 1 ? M : M * M); ++i) {
      samples.push_back({i % M});
      if (b == 2) samples.back().push_back(i / M);
    }
    const std::vector<double> probabilities(samples.size(), 1 / static_cast<double>(samples.size()));
    const auto score = [&](const SmallProblem& problem) {
      const Matrix J = problem.J(), first = problem.J_m.front();
      const methods::OptimisticTheory theory{.L = (first - J).operatorNorm(),
                                             .N = problem.mean_square(J) / std::sqrt(static_cast<double>(b)),
                                             .probability = p,
                                             .mu = problem.mu,
                                             .c = 1,
                                             .f = 17.0 / 16,
                                             .room = 15.0 / 16,
                                             .inexact = 0.5,
                                             .lacking = (first - J).operatorNorm()};
      const double eta = theory.step();
      const auto delta = [&](std::size_t i, const Matrix& x, const Matrix& w) {
        Matrix out = (J - first) * w;
        for (const auto j : samples[i]) out += (problem.J_m[j] - first) * x / static_cast<double>(b);
        return out;
      };
      const Matrix resolvent = (Matrix::Identity(2, 2) + eta * first).inverse();
      const double alpha = theory.alpha(eta);
      return test::growth(optimistic(resolvent, probabilities, p, eta, alpha, delta)) - alpha;
    };
    const double mu = std::pow(10, adversary.uniform(-5, 0.3));
    EXPECT_LE(worst(adversary, adversary.problem(M, mu), 4, score), 1e-10) << "seed " << seed << " p = " << p;
  }
}

TEST(ExactMoments, ThreePillars) {
  for (std::uint64_t seed = 0; seed < adversaries(); ++seed) {
    Adversary adversary(seed);
    const auto draws = adversary.one_of(2) == 0 ? Draws::independent : Draws::partition;
    const std::size_t M = draws == Draws::partition ? 2 : 2 + adversary.one_of(2);
    const auto up = uplink(draws, true, M);
    const double p = std::array{0.05, 0.1, 0.25, 0.5, 0.8}[adversary.one_of(5)];
    const bool next = adversary.one_of(2) == 1;
    constexpr double sigma = 0.25;
    const auto score = [&](const SmallProblem& any) {
      const auto problem = with_monotone_first(any);
      const Matrix J = problem.J(), first = problem.J_m.front();
      const double delta = std::hypot(problem.mean_square(J), (first - J).operatorNorm());
      const double C = methods::mean_constant(up.theory, delta, delta, static_cast<double>(M));
      const methods::Masha1Theory theory{
          .C = C / (1 - sigma), .probability = p, .to_next = next, .mu = problem.mu / (1 - sigma)};
      const double gamma = theory.step().gamma;
      const Matrix z = block(0, 2), w = block(1, 2);
      const Matrix u =
          (Matrix::Identity(2, 2) + gamma * first).inverse() * ((1 - p) * z + p * w + gamma * (first - J) * w);
      std::vector<Branch> branches;
      for (const auto& round : up.rounds) {
        Matrix after = u;
        for (std::size_t m = 0; m < M; ++m)
          after += gamma / static_cast<double>(M) * round.of_worker[m] * (problem.J_m[m] - first) * (w - u);
        branches.push_back({test::stacked({after, w}), round.probability * (1 - p)});
        branches.push_back({test::stacked({after, next ? after : z}), round.probability * p});
      }
      return test::growth(branches) - (1 - (1 - sigma) * theory.decay(gamma));
    };
    const double mu = std::pow(10, adversary.uniform(-5, 0.3));
    EXPECT_LE(worst(adversary, adversary.problem(M, mu), 6, score), 1e-10) << "seed " << seed << " p = " << p;
  }
}

// The forms of past_gradient.hpp, in the coefficients of f_k, f_{k-1}, f_{k-2} and f_{k-3}
TEST(PastGradient, ItsCertificateHolds) {
  using methods::PastGradient;
  const auto form = [](const Column& a, const Column& b) {
    return Matrix((a * b.transpose() + b * a.transpose()) / 2);
  };
  const auto squared = [&](const Column& a) { return form(a, a); };
  const auto P = [&](const Column& a, const Column& b, const Column& c) {
    const auto& p = PastGradient::P;
    return Matrix(p[0] * squared(a) + 2 * p[1] * form(a, b) + p[2] * squared(b) + 2 * p[3] * form(b, c) +
                  p[4] * squared(c));
  };
  const Matrix unit = Matrix::Identity(4, 4);
  const Column f0 = unit.col(0), f1 = unit.col(1), f2 = unit.col(2), f3 = unit.col(3);
  const auto lipschitz = [&](const Column& changed, const Column& moved, double t) {
    return Matrix(t * t * squared(moved) - squared(changed));
  };
  const auto largest = [](const Matrix& A) { return A.selfadjointView<Eigen::Lower>().eigenvalues().maxCoeff(); };
  const auto decrease = [&](double t) {
    return Matrix(squared(f0 - f1) - squared(f1) + P(f0, f1, f2) - P(f1, f2, f3) +
                  PastGradient::multipliers[0] * lipschitz(f0 - f1, 2 * f1 - f2, t) +
                  PastGradient::multipliers[1] * lipschitz(f1 - f2, 2 * f2 - f3, t));
  };
  for (const double t : {PastGradient::longest, 0.5, 0.1, 0.0})
    EXPECT_LE(largest(decrease(t)), -PastGradient::left + 1e-12) << t;
  EXPECT_GT(largest(decrease(0.58)), 0);  // where rotations diverge
  EXPECT_LE(largest(-P(f0, f1, f2)), 1e-12);
  EXPECT_LE(largest(P(f0, f1, f2)), PastGradient::largest_of_P);
}

}  // namespace
}  // namespace vireo
