// Pins ceg, ceg-ef, qsgda and diana-sgda to their recursions and reductions, to where they stall and where they do not,
// to their steps, costs and refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "methods/compressed_recursion.hpp"
#include "plugins/expect_usage_error.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using Book = test::CompressedTextbook;
using Point = Book::Point;

const std::string game = "quadratic-game:dimension=20,components=8";

struct Pair {
  const char* up;
  const char* down;
};

/// z_half = prox(z - gamma Q(F(z))), z+ = prox(z - gamma Q(F(z_half))), two exchanges with draws of their own
TEST(Ceg, EqualsItsTextbookRecursion) {
  for (const auto& [up, down] : {Pair{"none", "none"}, Pair{"randk:k=5", "randk:k=10"}, Pair{"topk:k=5", "topk:k=8"},
                                 Pair{"permk", "none"}, Pair{"dithering:levels=4", "natural"}})
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
      test::expect_compressed_recursion(game, "ceg:step=0.1", up, down, g, [](const Book& book) {
        return [&book, z = book.z0()](std::uint64_t k) mutable {
          const auto step = [&](std::uint64_t draw, const Point& at) {
            return book.prox(0.1, z - 0.1 * book.exchanged(draw, [&](Index m) { return book.F(m, at); }));
          };
          const Point half = step(2 * k, z);
          z = step(2 * k + 1, half);
          return z;
        };
      });
}

/// The same with memories, one pair for each of the two exchanges: x = gamma F_m + e_m, c_m = C(x), e_m = x - c_m; y =
/// mean c_m + e, G = C(y), e = y - G.
TEST(CegEf, EqualsItsTextbookRecursion) {
  for (const auto& [up, down] : {Pair{"none", "none"}, Pair{"topk:k=5", "none"}, Pair{"topk:k=5", "topk:k=8"},
                                 Pair{"sign", "topk:k=8"}, Pair{"none", "sign"}})
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
      test::expect_compressed_recursion(game, "ceg-ef:step=0.05", up, down, g, [](const Book& book) {
        struct Memory {
          std::vector<Point> workers;
          Point server;
        };
        const Point zero = Point::Zero(static_cast<Eigen::Index>(book.d));
        const Memory empty{std::vector<Point>(book.M, zero), zero};
        return [&book, z = book.z0(), first = empty, second = empty](std::uint64_t k) mutable {
          const auto step = [&](std::uint64_t draw, const Point& at, Memory& e) {
            Point y = e.server + book.mean([&](Index m) {
              const Point x = 0.05 * book.F(m, at) + e.workers[m];
              const Point c = book.up(m, draw, x);
              e.workers[m] = x - c;
              return c;
            });
            const Point G = book.down(draw, y);
            e.server = y - G;
            return book.prox(0.05, z - G);
          };
          const Point half = step(2 * k, z, first);
          z = step(2 * k + 1, half, second);
          return z;
        };
      });
}

TEST(Qsgda, EqualsItsTextbookRecursion) {
  for (const auto& [up, down] : {Pair{"none", "none"}, Pair{"randk:k=5", "randk:k=10"}, Pair{"permk", "none"}})
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
      test::expect_compressed_recursion(game, "qsgda:step=0.1", up, down, g, [](const Book& book) {
        return [&book, z = book.z0()](std::uint64_t k) mutable {
          z = book.prox(0.1, z - 0.1 * book.exchanged(k, [&](Index m) { return book.F(m, z); }));
          return z;
        };
      });
}

TEST(DianaSgda, EqualsItsTextbookRecursion) {
  for (const char* up : {"none", "randk:k=5", "randk-shared:k=5", "permk", "dithering:levels=4"})
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
      test::expect_compressed_recursion(game, "diana-sgda:step=0.1,alpha=0.05", up, "none", g, [](const Book& book) {
        const Point zero = Point::Zero(static_cast<Eigen::Index>(book.d));
        return [&book, z = book.z0(), h = std::vector<Point>(book.M, zero)](std::uint64_t k) mutable {
          // the mean of the h_m itself, where the method keeps one vector
          const Point mean_h = book.mean([&](Index m) { return h[m]; });
          const Point mean_d = book.mean([&](Index m) {
            const Point d = book.up(m, k, book.F(m, z) - h[m]);
            h[m] += 0.05 * d;
            return d;
          });
          z = book.prox(0.1, z - 0.1 * (mean_h + mean_d));
          return z;
        };
      });
}

TEST(Baselines, WithoutCompressionAreExtragradientAndGradientDescentAscent) {
  for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)}) {
    for (const char* method : {"ceg", "ceg-ef"}) {
      const std::string spec = method + std::string(":step=0.2");
      test::expect_same_iterates(game, spec, "extragradient:step=0.2", g, 1e-12);
    }
    const auto descent_ascent = [](const Book& book) {
      return [&book, z = book.z0()](std::uint64_t) mutable {
        z = book.prox(0.2, z - 0.2 * book.F(z));
        return z;
      };
    };
    test::expect_compressed_recursion(game, "qsgda:step=0.2", "none", "none", g, descent_ascent, 1e-12);
    test::expect_compressed_recursion(game, "diana-sgda:step=0.2,alpha=1", "none", "none", g, descent_ascent, 1e-12);
  }
}

/// Relative squared error after a number of iterations, or the least of it on the way.
double relative_error(const std::string& method, const std::string& up, int iterations, bool least) {
  double error = 0;
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, "bilinear:dimension=20,components=8,condition=5.1,heterogeneity=1", method, up, "none", 3,
                       8);
    run.method->start(run.z0);
    const double first = kernels::squared_distance(run.z0, *run.solution);
    error = 1;
    for (int k = 0; k < iterations; ++k) {
      run.method->iterate();
      const double now = kernels::squared_distance(run.method->point(), *run.solution) / first;
      error = least ? std::min(error, now) : now;
    }
  });
  return error;
}

TEST(Baselines, CegStallsWhereMasha1WithTheSameStepDoesNot) {
  // masha1's own theoretical step with Rand-25%, about 0.03, and a quarter of it
  for (const char* step : {"0.03", "0.0075"}) {
    EXPECT_GT(relative_error(std::string("ceg:step=") + step, "randk:fraction=0.25", 20000, true), 1e-4) << step;
    EXPECT_LT(relative_error(std::string("masha1:step=") + step, "randk:fraction=0.25", 20000, false), 1e-8) << step;
    EXPECT_GT(relative_error(std::string("qsgda:step=") + step, "randk:fraction=0.25", 20000, true), 1e-4) << step;
  }
}

TEST(Baselines, FeedbackLowersTheFloorOfTopKAndDoesNotRemoveIt) {
  const double without = relative_error("ceg:step=0.02", "topk:fraction=0.25", 20000, false);
  const double with = relative_error("ceg-ef:step=0.02", "topk:fraction=0.25", 20000, false);
  EXPECT_GT(without, 10 * with);
  EXPECT_GT(with, 1e-8);
}

// E Psi_k <= (1 - min(gamma mu, alpha/2))^k Psi_0 over 32 seeds, Psi_k = ||z^k - z*||^2 + (4 v'/alpha) gamma^2 mean_m
// ||h_m - F_m(z*)||^2, at the automatic step, which is 1/(ell + 6 v). h_m follows from the draws.
TEST(DianaSgda, ConvergesWithinItsBoundWhereWorkersDiffer) {
  constexpr int seeds = 32;
  constexpr std::size_t iterations = 1500;
  test::on_simulated(1, [&](Communicator& comm) {
    std::vector<double> average(iterations + 1, 0.0);
    double gamma = 0, mu = 0;
    const double q = 4, alpha = 1 / q;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      test::Assembly run(comm, "bilinear:dimension=20,components=8,condition=3", "diana-sgda", "randk:fraction=0.25",
                         "none", seed);
      const Book book(run, "randk:fraction=0.25", "none");
      const double ell = run.constants.cocoercivity->value;
      mu = run.constants.mu->value;
      const double ratio = run.constants.L_tilde->value / run.constants.L->value;
      const double v_prime = (q - 1) / 8;
      gamma = 1 / (ell + 6 * v_prime * ell * ratio * ratio);
      const Point solution = Book::point(*run.solution);
      std::vector<Point> h(8, Point::Zero(20));
      run.method->start(run.z0);
      for (std::size_t k = 0; k <= iterations; ++k) {
        const Point z = Book::point(run.method->point());
        const double distance_h =
            book.mean([&](Index m) { return Point((h[m] - book.F(m, solution)).array().square().matrix()); }).sum();
        average[k] += ((z - solution).squaredNorm() + 4 * v_prime / alpha * gamma * gamma * distance_h) / seeds;
        for (Index m = 0; m < 8; ++m) h[m] += alpha * book.up(m, k, book.F(m, z) - h[m]);
        run.method->iterate();
      }
      test::expect_step(*run.method, gamma);
    }
    const double rate = 1 - std::min(gamma * mu, alpha / 2);
    for (std::size_t k = 0; k <= iterations; ++k)
      ASSERT_LE(average[k], std::pow(rate, static_cast<double>(k)) * average[0] * (1 + 1e-9) + 1e-24) << k;
    EXPECT_LT(average[iterations], 1e-8 * average[0]);
  });
}

// E||z^K - z*||^2 <= (1 - gamma mu)^K ||z^0 - z*||^2 + gamma sigma^2 / mu, sigma^2 = 2 (q - 1)/M mean ||F_m(z*)||^2
TEST(Qsgda, FallsToItsNoiseFloorWithinItsBound) {
  constexpr int seeds = 32;
  constexpr std::size_t iterations = 600;
  test::on_simulated(1, [&](Communicator& comm) {
    std::vector<double> average(iterations + 1, 0.0);
    double gamma = 0, mu = 0, floor = 0;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      test::Assembly run(comm, "bilinear:dimension=20,components=8,condition=3", "qsgda", "randk:fraction=0.25", "none",
                         seed);
      const Book book(run, "randk:fraction=0.25", "none");
      const double ell = run.constants.cocoercivity->value;
      mu = run.constants.mu->value;
      const double ratio = run.constants.L_tilde->value / run.constants.L->value;
      gamma = 1 / (ell + 2 * 3.0 / 8 * ell * ratio * ratio);
      test::expect_step(*run.method, gamma);
      const Point solution = Book::point(*run.solution);
      const double at_solution =
          book.mean([&](Index m) { return Point(book.F(m, solution).array().square().matrix()); }).sum();
      floor = gamma / mu * 2 * 3.0 / 8 * at_solution;
      run.method->start(run.z0);
      for (std::size_t k = 0; k <= iterations; ++k) {
        average[k] += (Book::point(run.method->point()) - solution).squaredNorm() / seeds;
        run.method->iterate();
      }
    }
    for (std::size_t k = 0; k <= iterations; ++k)
      ASSERT_LE(average[k], std::pow(1 - gamma * mu, static_cast<double>(k)) * average[0] + floor) << k;
    EXPECT_LT(average[iterations], floor);
    EXPECT_GT(average[iterations], 1e-4 * average[0]);
  });
}

struct Costs {
  std::int64_t calls, up, down;
  bool operator==(const Costs&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Costs& costs) {
  return out << costs.calls << " calls, " << costs.up << " up, " << costs.down << " down";
}

Costs costs_of(const std::string& method, const std::string& up, const std::string& down) {
  Costs costs{};
  test::on_simulated(3, [&](Communicator& comm) {
    test::Assembly run(comm, "bilinear:dimension=40,components=32", method, up, down, 1, 16);
    run.method->start(run.z0);
    for (int k = 0; k < 10; ++k) run.method->iterate();
    const auto total = [&](std::int64_t mine) { return combine(comm, mine, Reduction::sum); };
    const Costs all{total(run.ledger.oracle_calls), total(run.ledger.wire_bytes_up), total(run.ledger.wire_bytes_down)};
    if (comm.rank() == 0) costs = all;
  });
  return costs;
}

TEST(Baselines, CountTheirEvaluationsAndBytes) {
  // 32 components, 16 workers, 10 iterations; Rand-4: 8 * 4 bytes
  EXPECT_EQ(costs_of("ceg", "randk:k=4", "randk:k=8"), (Costs{32 * 20, 16 * 20 * 8 * 4, 16 * 20 * 8 * 8}));
  EXPECT_EQ(costs_of("ceg-ef", "none", "none"), (Costs{32 * 20, 16 * 20 * 8 * 40, 16 * 20 * 8 * 40}));
  EXPECT_EQ(costs_of("qsgda", "randk:k=4", "randk:k=8"), (Costs{32 * 10, 16 * 10 * 8 * 4, 16 * 10 * 8 * 8}));
  EXPECT_EQ(costs_of("diana-sgda", "randk:k=4", "none"), (Costs{32 * 10, 16 * 10 * 8 * 4, 16 * 10 * 8 * 40}));
}

using ::testing::HasSubstr;

std::string refusal(const std::string& problem, const std::string& method, const std::string& up,
                    const std::string& down) {
  std::string text;
  test::on_simulated(1, [&](Communicator& comm) {
    text = vireo::testing::usage_error([&] { test::Assembly(comm, problem, method, up, down); });
  });
  return text;
}

TEST(Baselines, RefuseWhatTheirTheoryDoesNotCover) {
  const std::string affine = "bilinear:dimension=20";
  EXPECT_THAT(refusal(affine, "qsgda", "topk", "none"), HasSubstr("uplink: "));
  EXPECT_THAT(refusal(affine, "qsgda", "none", "topk"), HasSubstr("downlink: "));
  EXPECT_THAT(refusal(affine, "diana-sgda", "topk", "none"), HasSubstr("uplink: "));
  EXPECT_THAT(refusal(affine, "diana-sgda", "randk", "randk"), HasSubstr("downlink: "));
  EXPECT_THAT(refusal(affine, "diana-sgda:alpha=0.2", "randk:fraction=0.1", "none"), HasSubstr("alpha=0.2"));
  EXPECT_THAT(refusal(affine, "ceg-ef", "randk", "none"), HasSubstr("contractive"));
  EXPECT_THAT(refusal(affine, "ceg-ef", "none", "permk"), HasSubstr("contractive"));
  EXPECT_THAT(refusal(affine, "ceg:step=-1", "none", "none"), HasSubstr("step"));
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, affine, "extragradient");
    Constants unknown = run.constants;
    unknown.cocoercivity.reset();
    const auto all = Registry::builtin();
    for (const std::string name : {"qsgda", "diana-sgda"}) {
      const auto& entry = all.methods.find(name);
      const auto make = [&](const std::string& spec) {
        return entry.make(Parameters("method", Spec::parse(spec), entry.parameters),
                          MethodContext{*run.oracle, *run.exchange, *run.regularizer, {}, unknown});
      };
      EXPECT_THAT(vireo::testing::usage_error([&] { (void)make(name); }), HasSubstr(name + ":step=..."));
      EXPECT_NO_THROW((void)make(name + ":step=0.1"));
      EXPECT_NO_THROW((void)make(name + ":cocoercivity=2"));
    }
  });
}

TEST(Baselines, RunUnprovenIfAskedTo) {
  test::on_simulated(1, [](Communicator& comm) {
    for (const char* method : {"qsgda", "diana-sgda", "ceg-ef"})
      for (const char* up : {"topk", "randk"})
        EXPECT_NO_THROW(
            test::Assembly(comm, "bilinear:dimension=20", method, up, "none", 1, std::nullopt, "", nullptr, true));
  });
}

}  // namespace
}  // namespace vireo
