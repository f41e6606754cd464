// Pins optimistic-masha, three-pillars and svogs to their recursions, with an exact inner solve where they have one;
// to their costs; and to what they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Core>
#include <set>

#include "methods/compressed_recursion.hpp"
#include "plugins/expect_usage_error.hpp"
#include "problems/dense.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using Book = test::CompressedTextbook;
using Point = Book::Point;
using Eigen::MatrixXd;

const std::string game = "quadratic-game:dimension=20,components=8";

struct Pair {
  const char* up;
  const char* down;
};

TEST(OptimisticMasha, EqualsItsTextbookRecursion) {
  const double eta = 0.05, p = 0.25, mu = 0.01;
  const double alpha = 1 - 2 * eta * mu / (3 + 2 * eta * mu);
  for (const auto& [up, down] : {Pair{"none", "none"}, Pair{"permk", "none"}, Pair{"randk:k=5", "randk:k=10"},
                                 Pair{"permk", "dithering:levels=9"}})
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
      test::expect_compressed_recursion(
          game, "optimistic-masha:step=0.05,probability=0.25,mu=0.01", up, down, g, [&](const Book& book) {
            const Point z0 = book.z0();
            return [&book, z = z0, z_ = z0, w = z0, w_ = z0, eta, p, alpha](std::uint64_t k) mutable {
              const Point D = book.F(w_) + book.exchanged(k, [&](Index m) {
                return Point(book.F(m, z) - book.F(m, w_) + alpha * (book.F(m, z) - book.F(m, z_)));
              });
              const Point next = book.prox(eta, z + p * (w - z) - eta * D);
              w_ = w;
              if (book.coin(k, p)) w = next;
              z_ = z;
              return z = next;
            };
          });
}

TEST(OptimisticMasha, KeepsAlphaAboveOneMinusHalfP) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, game, "optimistic-masha:step=10,mu=5,probability=0.25");
    EXPECT_THAT(run.method->description()[1].second, ::testing::HasSubstr("alpha = 0.875"));
  });
}

/// u from F_1(u) - F_1(m) + F(m) + (u - z - tau (m - z)) / gamma = 0, by LU
Point exact_u(const MatrixXd& J_1, const Book& book, double gamma, double tau, const Point& z, const Point& m) {
  const Point zero = Point::Zero(z.size());
  const MatrixXd A = MatrixXd::Identity(z.size(), z.size()) / gamma + J_1;
  return test::solve(A, (z + tau * (m - z)) / gamma - book.F(0, zero) + book.F(0, m) - book.F(m));
}

TEST(ThreePillars, EqualsItsTextbookRecursionWithAnExactInnerSolve) {
  const double gamma = 0.7, p = 0.25;
  for (const char* up : {"none", "permk", "randk:k=5"})
    for (const bool next_point : {false, true})
      test::expect_compressed_recursion(
          game,
          std::string("three-pillars:step=0.7,probability=0.25,inner-tolerance=1e-14,refresh=") +
              (next_point ? "next" : "zk"),
          up, "none", nullptr,
          [&](const Book& book) {
            return
                [&book, J_1 = book.J(0), z = book.z0(), m = book.z0(), gamma, p, next_point](std::uint64_t k) mutable {
                  const Point u = exact_u(J_1, book, gamma, p, z, m);
                  const Point next = u + gamma * book.mean([&](Index i) {
                    return book.up(i, k, book.F(i, m) - book.F(0, m) - book.F(i, u) + book.F(0, u));
                  });
                  if (book.coin(k, p)) m = next_point ? next : z;
                  return z = next;
                };
          },
          1e-9);
}

/// The inner extragradient once more, from z: `steps` steps of it, or, if that is 0, as many as it takes until ||e||
/// <= allowed(y). Returns y and e.
std::pair<Point, Point> inner_steps(const Book& book, int steps, double gamma, double s, const Point& c, const Point& z,
                                    const std::function<double(const Point& y)>& allowed = {}) {
  const auto P = [&](const Point& x) { return book.prox(s * gamma / (1 + s), (x + s * c) / (1 + s)); };
  Point y = z, e;
  for (int j = 1;; ++j) {
    const Point half = P(y - s * gamma * book.F(0, y));
    const Point next = P(y - s * gamma * book.F(0, half));
    e = (y - next) / s + gamma * (book.F(0, next) - book.F(0, half));
    y = next;
    if (steps > 0 ? j == steps : e.norm() <= allowed(y)) return {y, e};
  }
}

// Three Pillars with `steps` inner steps, or as many as it takes if that is 0. L = 3 is above the constants of all
// workers here, so that no inner step is cut.
void equals_three_pillars(const std::string& inner, int steps, double sigma, const RegularizerPointer& g, bool a_set) {
  const double gamma = 0.7, p = 0.25, s = 1 / (std::sqrt(2.0) * gamma * 3);
  test::expect_compressed_recursion(
      game, "three-pillars:step=0.7,probability=0.25,L=3," + inner, "permk", "none", g, [=](const Book& book) {
        return [=, &book, z = book.z0(), m = book.z0()](std::uint64_t k) mutable {
          const Point c = z + p * (m - z) - gamma * (book.F(m) - book.F(0, m));
          const auto allowed = [&](const Point& y) {
            return sigma * std::sqrt((1 - p) * (y - z).squaredNorm() + p * (y - m).squaredNorm());
          };
          const auto solved = inner_steps(book, steps, gamma, s, c, z, allowed);
          const Point u = solved.first;
          Point next = u + gamma * book.mean([&](Index i) {
            return book.up(i, k, book.F(i, m) - book.F(0, m) - book.F(i, u) + book.F(0, u));
          });
          if (steps == 0) next -= solved.second;
          if (a_set) next = book.prox(1, next);
          if (book.coin(k, p)) m = next;
          return z = next;
        };
      });
}

TEST(ThreePillars, EqualsItsTextbookRecursionWithFewInnerSteps) {
  for (const int steps : {1, 4}) {
    const std::string inner = "inner=" + std::to_string(steps);
    equals_three_pillars(inner, steps, 0, nullptr, false);
    equals_three_pillars(inner, steps, 0, make_l1(0.05), false);
    equals_three_pillars(inner, steps, 0, make_box(-0.2, 0.4), true);
  }
}

TEST(ThreePillars, EqualsItsTextbookRecursionWithARoughInnerSolve) {
  for (const auto& [inner, sigma] : {std::pair{"inner=auto", 0.25}, std::pair{"inner-tolerance=0.03", 0.03}}) {
    equals_three_pillars(inner, 0, sigma, nullptr, false);
    equals_three_pillars(inner, 0, sigma, make_l1(0.05), false);
    equals_three_pillars(inner, 0, sigma, make_box(-0.2, 0.4), true);
  }
}

/// How often each worker is in S^k
std::vector<double> sampled(std::uint64_t k, Index b, Index M) {
  random::Stream stream({.seed = 9, .purpose = random::Purpose::participants, .iteration = k});
  std::vector<double> times(M, 0.0);
  for (Index i = 0; i < b; ++i) times[stream.below(M)] += 1;
  return times;
}

/// Algorithm 1, with `solve` for its line 8
auto svogs(double eta, double mu, double p, Index b,
           const std::function<Point(const Book&, const Point& v, const Point& z)>& solve) {
  return [=](const Book& book) {
    const double alpha = 1 - std::min(eta * mu / (3 + eta * mu), p / 2);
    const Point z0 = book.z0();
    return [=, &book, z = z0, z_ = z0, w = z0, w_ = z0](std::uint64_t k) mutable {
      const auto G = [&](Index j, const Point& x) { return Point(book.F(j, x) - book.F(0, x)); };
      const auto times = sampled(k, b, book.M);
      Point delta = book.F(w_) - book.F(0, w_);
      for (Index j = 0; j < book.M; ++j)
        delta += times[j] / static_cast<double>(b) * (G(j, z) - G(j, w_) + alpha * (G(j, z) - G(j, z_)));
      const Point next = solve(book, (1 - p) * z + p * w - eta * delta, z);
      w_ = w;
      if (book.coin(k, p)) w = next;
      z_ = z;
      return z = next;
    };
  };
}

TEST(Svogs, EqualsItsTextbookRecursionWithAnExactInnerSolve) {
  for (const Index b : {Index{1}, Index{3}, Index{20}}) {
    const auto exact = [](const Book& book, const Point& v, const Point&) {
      const MatrixXd A = MatrixXd::Identity(v.size(), v.size()) + 0.3 * book.J(0);
      return Point(test::solve(A, v - 0.3 * book.F(0, Point::Zero(v.size()))));
    };
    test::expect_compressed_recursion(
        game, "svogs:step=0.3,probability=0.25,mu=0.01,inner-tolerance=1e-14,batch=" + std::to_string(b), "none",
        "none", nullptr, svogs(0.3, 0.01, 0.25, b, exact), 1e-9);
  }
}

TEST(Svogs, EqualsItsTextbookRecursionWithFewInnerSteps) {
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05), make_box(-0.2, 0.4)}) {
    const auto rough = [](const Book& book, const Point& v, const Point& z) {
      return inner_steps(book, 2, 0.3, 1 / (std::sqrt(2.0) * 0.3 * 3), v, z).first;
    };
    test::expect_compressed_recursion(game, "svogs:step=0.3,probability=0.25,mu=0.01,L=3,inner=2,batch=3", "none",
                                      "none", g, svogs(0.3, g && g->strong_convexity() > 0 ? 1 : 0.01, 0.25, 3, rough));
  }
}

struct Costs {
  std::int64_t calls, up, down;
  bool operator==(const Costs&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Costs& costs) {
  return out << costs.calls << " calls, " << costs.up << " up, " << costs.down << " down";
}

constexpr Index M = 16;
constexpr std::int64_t n = 32, d = 40, iterations = 30;  // two components a worker

Costs costs_of(const std::string& method, const std::string& up, const RegularizerPointer& g = nullptr) {
  Costs costs{};
  test::on_simulated(3, [&](Communicator& comm) {
    test::Assembly run(comm, "bilinear:dimension=40,components=32", method, up, "none", 9, M, "", g);
    run.method->start(run.z0);
    for (int k = 0; k < iterations; ++k) run.method->iterate();
    const auto total = [&](std::int64_t mine) { return combine(comm, mine, Reduction::sum); };
    const Costs all{total(run.ledger.oracle_calls), total(run.ledger.wire_bytes_up), total(run.ledger.wire_bytes_down)};
    if (comm.rank() == 0) costs = all;
  });
  return costs;
}

std::int64_t heads(std::int64_t coins, double p) {
  std::int64_t count = 0;
  for (std::int64_t k = 0; k < coins; ++k)
    count += random::coin({.seed = 9, .purpose = random::Purpose::coin, .iteration = static_cast<std::uint64_t>(k)}, p);
  return count;
}

// The snapshot is exchanged in the iteration after the coin, and needs no evaluation of its own.
TEST(OptimisticMasha, ChargesOneEvaluationAnIteration) {
  const std::int64_t refreshes = 1 + heads(iterations - 1, 0.25);
  const std::int64_t full = static_cast<std::int64_t>(M) * 8 * d;
  EXPECT_EQ(costs_of("optimistic-masha:step=0.01,probability=0.25", "permk"),
            (Costs{n * (1 + iterations), iterations * 8 * d + refreshes * full, (iterations + refreshes) * full}));
}

TEST(ThreePillars, ChargesItsInnerStepsAndSendsTwoVectorsDown) {
  const std::int64_t refreshes = 1 + heads(iterations, 0.25);
  const std::int64_t full = static_cast<std::int64_t>(M) * 8 * d;
  // an iteration: all components but worker 0's at u, and worker 0's at z and twice for each of 3 inner steps
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_ball(1)})
    EXPECT_EQ(costs_of("three-pillars:step=0.1,probability=0.25,L=30,inner=3", "permk", g),
              (Costs{refreshes * n + iterations * (n - 2 + 2 * (1 + 2 * 3)), iterations * 8 * d + refreshes * full,
                     (2 * iterations + refreshes) * full}));
}

// What is left of the inner problem is the server's business, also where a g makes it a vector of its own.
TEST(ThreePillars, SendsNothingMoreForARoughInnerSolve) {
  const std::int64_t refreshes = 1 + heads(iterations, 0.25);
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_ball(1)})
    EXPECT_EQ(costs_of("three-pillars:step=0.1,probability=0.25", "permk", g).down,
              (2 * iterations + refreshes) * static_cast<std::int64_t>(M) * 8 * d);
}

TEST(Svogs, ChargesTheSampledWorkersAndSendsOneVectorDown) {
  const std::int64_t refreshes = heads(iterations - 1, 0.25);
  const std::int64_t full = static_cast<std::int64_t>(M) * 8 * d;
  std::int64_t senders = 0, evaluating = 0;
  for (std::uint64_t k = 0; k < iterations; ++k) {
    const auto times = sampled(k, 4, M);
    for (Index j = 0; j < M; ++j) {
      senders += times[j] > 0 ? 1 : 0;
      evaluating += times[j] > 0 && j > 0 ? 1 : 0;  // F_1 is known from the inner solve
    }
  }
  EXPECT_LT(senders, 4 * iterations);  // some were drawn twice
  EXPECT_LT(evaluating, senders);
  EXPECT_EQ(costs_of("svogs:step=0.1,probability=0.25,L=30,inner=3,batch=4", "none"),
            (Costs{n + refreshes * (n - 2) + 2 * 2 * evaluating + iterations * 2 * 2 * 3,
                   senders * 8 * d + (1 + refreshes) * full, iterations * full}));
}

using ::testing::HasSubstr;

std::string refusal(const std::string& method, const std::string& up, const std::string& down,
                    const std::string& problem = "bilinear:dimension=20") {
  std::string text;
  test::on_simulated(1, [&](Communicator& comm) {
    text = vireo::testing::usage_error([&] { test::Assembly(comm, problem, method, up, down); });
  });
  return text;
}

TEST(SimilarWorkers, RefuseWhatTheirTheoryDoesNotCover) {
  EXPECT_THAT(refusal("optimistic-masha", "topk", "none"), HasSubstr("uplink: "));
  EXPECT_THAT(refusal("optimistic-masha", "none", "topk"), HasSubstr("downlink: "));
  EXPECT_THAT(refusal("three-pillars", "topk", "none"), HasSubstr("uplink: "));
  EXPECT_THAT(refusal("three-pillars", "permk", "randk"), HasSubstr("downlink: "));
  EXPECT_THAT(refusal("svogs", "permk", "none"), HasSubstr("uplink: "));
  EXPECT_THAT(refusal("svogs", "none", "permk"), HasSubstr("downlink: "));
  EXPECT_THAT(refusal("three-pillars:inner=2,inner-tolerance=0.1", "permk", "none"), HasSubstr("not both"));
  EXPECT_THAT(refusal("svogs:inner=0", "none", "none"), HasSubstr("inner"));
  // workers that do not differ, and no strong monotonicity: a step of any size would do
  for (const char* method : {"three-pillars:mu=0", "svogs:mu=0"})
    EXPECT_THAT(refusal(method, "none", "none", "bilinear:dimension=20,components=1"), HasSubstr("step=..."));
}

TEST(SimilarWorkers, NeedToKnowHowAlikeTheWorkersAre) {
  test::on_simulated(1, [](Communicator& comm) {
    test::Assembly run(comm, "bilinear:dimension=20", "extragradient");
    const auto all = Registry::builtin();
    for (const std::string name : {"optimistic-masha", "three-pillars", "svogs"}) {
      const auto& entry = all.methods.find(name);
      const auto make = [&](const std::string& spec, const std::string& up) {
        return entry.make(Parameters("method", Spec::parse(spec), entry.parameters),
                          MethodContext{*run.oracle,
                                        *run.exchange,
                                        *run.regularizer,
                                        {make_compressor(all.compressors, up), nullptr},
                                        run.constants});
      };
      const char* up = name == "svogs" ? "none" : "permk";
      const auto text = vireo::testing::usage_error([&] { (void)make(name, up); });
      EXPECT_THAT(text, HasSubstr(name + ":delta=..."));
      EXPECT_THAT(text, HasSubstr("step="));
      EXPECT_NO_THROW((void)make(name + ":step=0.1", up));
      EXPECT_NO_THROW((void)make(name + ":delta=0.1", up));
    }
  });
}

}  // namespace
}  // namespace vireo
