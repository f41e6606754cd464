// Pins optimistic-masha, three-pillars and svogs to their Lyapunov bounds at their automatic steps, to convergence on
// the reference problem and with constraints, and these and the baselines to their listed state.
#include <gtest/gtest.h>

#include <Eigen/Core>

#include "methods/compressed_recursion.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/masha_support.hpp"
#include "methods/optimistic_theory.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

using Book = test::CompressedTextbook;
using Point = Book::Point;

// M=10, d=20, kappa = 5.1, workers that differ by 15%: section D of the reference program
const std::string similar = "bilinear:dimension=20,components=10,condition=5.1,heterogeneity=0.15";

// At the automatic parameters, to a relative squared error of 1e-10 in the reference program's number of iterations.
TEST(SimilarWorkers, ConvergeOnTheReferenceProblem) {
  struct Trial {
    const char* method;
    const char* up;
    int iterations;
  };
  for (const Trial& trial :
       {Trial{"optimistic-masha:step=auto", "permk", 8000}, Trial{"three-pillars", "permk", 4000},
        Trial{"three-pillars:refresh=next", "permk", 4000}, Trial{"three-pillars", "randk:fraction=0.25", 4000},
        Trial{"svogs:step=auto", "none", 8000}})
    test::on_simulated(2, [&](Communicator& comm) {
      test::Assembly run(comm, similar, trial.method, trial.up, "none", 4);
      const auto outcome = run.solve({.tolerance = 0, .max_iterations = trial.iterations});
      const double first = kernels::squared_distance(run.z0, *run.solution);
      EXPECT_LT(outcome.distance * outcome.distance, 1e-10 * first) << trial.method;
    });
}

// Steps that grow as long as refreshes find the residual falling take three quarters of the iterations at most.
TEST(SimilarWorkers, AdaptiveStepsAreLongerThanTheTheorems) {
  for (const std::string method : {"optimistic-masha", "svogs"})
    test::on_simulated(2, [&](Communicator& comm) {
      const auto iterations = [&](const std::string& step) {
        test::Assembly run(comm, "bilinear:dimension=40,components=10,condition=50", method + step,
                           method == "svogs" ? "none" : "permk");
        const auto outcome = run.solve(
            {.tolerance = 0, .relative_tolerance = 1e-6, .max_iterations = 20000, .return_point = ReturnPoint::best});
        EXPECT_EQ(outcome.termination, Termination::converged) << method << step;
        return static_cast<double>(outcome.iterations);
      };
      EXPECT_LT(iterations(""), 0.75 * iterations(":step=auto")) << method;
    });
}

/// Averages of a Lyapunov function over 32 seeds
class Average {
 public:
  explicit Average(std::size_t iterations) : values_(iterations + 1, 0.0) {}
  void add(std::size_t k, double value) { values_[k] += value / seeds; }
  void expect_below(double factor, const std::string& what) const {
    for (std::size_t k = 0; k < values_.size(); ++k)
      ASSERT_LE(values_[k], std::pow(factor, static_cast<double>(k)) * values_[0] * (1 + 1e-9) + 1e-24)
          << what << " " << k;
    EXPECT_LT(values_.back(), 1e-6 * values_[0]) << what;
  }
  static constexpr std::uint64_t seeds = 32;

 private:
  std::vector<double> values_;
};

TEST(OptimisticMasha, ItsLyapunovFunctionStaysUnderTheBound) {
  struct Trial {
    std::string problem;
    const char* up;
    const char* down;
    double q_up, q_down;
    std::string probability;
  };
  constexpr std::size_t iterations = 2500;
  for (const auto& c :
       {Trial{similar, "permk", "none", 0, 1, "0.1"},
        Trial{"bilinear:dimension=20,components=10,condition=5.1", "permk", "none", 0, 1, "0.1"},
        Trial{"bilinear:dimension=20,components=10,condition=2", "randk:k=10", "none", 2, 1, "0.5"},
        Trial{"bilinear:dimension=20,components=10,condition=2", "randk:k=10", "randk:k=10", 2, 2, "0.5"}})
    test::on_simulated(1, [&](Communicator& comm) {
      Average average(iterations);
      double alpha = 0;
      for (std::uint64_t seed = 0; seed < Average::seeds; ++seed) {
        test::Assembly run(comm, c.problem, "optimistic-masha:step=auto,probability=" + c.probability, c.up, c.down,
                           seed);
        const Book book(run, c.up, c.down);
        const double L = run.constants.L->value, mu = run.constants.mu->value, L_ms = run.constants.L_ms->value;
        const double p = std::stod(c.probability);
        const double N2 = c.q_up == 0 ? std::pow(run.constants.similarity->value, 2) : (c.q_up - 1) * L_ms * L_ms / 10;
        const double N = std::sqrt(c.q_down * N2 + (c.q_down - 1) * L * L);
        const methods::OptimisticTheory theory{.L = L, .N = N, .probability = p, .mu = mu};
        const double eta = theory.step();
        test::expect_step(*run.method, eta);
        alpha = theory.alpha(eta);
        const double s = p / (alpha - 1 + p);
        const Point solution = Book::point(*run.solution);
        Point z = book.z0(), z_ = z, w = z, w_ = z;
        run.method->start(run.z0);
        for (std::size_t k = 0; k <= iterations; ++k) {
          const double A = 2 * eta * (book.F(z) - book.F(z_)).dot(z - solution);
          average.add(k, (1 + 2 * eta * mu - s * p) * (z - solution).squaredNorm() + s * (w - solution).squaredNorm() -
                             A + p * (w_ - z).squaredNorm() + (1 - p - alpha * eta * L) * (z - z_).squaredNorm());
          run.method->iterate();
          z_ = z;
          z = Book::point(run.method->point());
          w_ = w;
          if (book.coin(k, p)) w = z;
        }
      }
      average.expect_below(alpha, c.up);
    });
}

TEST(ThreePillars, ItsLyapunovFunctionStaysUnderTheBound) {
  constexpr std::size_t iterations = 1500;
  struct Trial {
    const char* up;
    bool next;
    double q;
  };
  for (const auto& c : {Trial{"permk", false, 0}, Trial{"permk", true, 0}, Trial{"randk:fraction=0.25", false, 4}})
    test::on_simulated(1, [&](Communicator& comm) {
      Average average(iterations);
      double decay = 0;
      for (std::uint64_t seed = 0; seed < Average::seeds; ++seed) {
        // as rough an inner solve as the theory allows
        test::Assembly run(comm, similar,
                           std::string("three-pillars:step=auto,inner-tolerance=0.25,probability=0.1,refresh=") +
                               (c.next ? "next" : "zk"),
                           c.up, "none", seed);
        const double p = 0.1;
        const double delta = std::hypot(run.constants.similarity->value, run.constants.similarity_first->value);
        const double C = delta * (c.q == 0 ? 1 : std::sqrt(1 + (c.q - 1) / 10));
        const methods::Masha1Theory theory{
            .C = C / 0.75, .probability = p, .to_next = c.next, .mu = run.constants.mu->value / 0.75};
        test::expect_step(*run.method, theory.step().gamma);
        decay = std::pow(run.method->rates().front().factor, 2);
        ASSERT_NEAR(decay, 1 - 0.75 * theory.decay(theory.step().gamma), 1e-9);
        run.method->start(run.z0);
        for (std::size_t k = 0; k <= iterations; ++k) {
          if (k > 0) run.method->iterate();
          average.add(k, (c.next ? 1 - p : 1.0) * kernels::squared_distance(run.method->point(), *run.solution) +
                             kernels::squared_distance(run.method->certificate()->point, *run.solution));
        }
      }
      average.expect_below(decay, c.up);
    });
}

TEST(Svogs, ItsLyapunovFunctionStaysUnderTheBound) {
  constexpr std::size_t iterations = 2500;
  test::on_simulated(1, [&](Communicator& comm) {
    Average average(iterations);
    double alpha = 0;
    for (std::uint64_t seed = 0; seed < Average::seeds; ++seed) {
      test::Assembly run(comm, similar, "svogs:step=auto", "none", "none", seed);
      const Book book(run, "none", "none");
      const double mu = run.constants.mu->value;
      const double similarity = run.constants.similarity->value;
      const double delta = std::max({similarity, run.constants.similarity_first->value, mu});
      const double width = std::min(std::sqrt(10.0), delta / mu);
      const double p = 1 / (width + 8);
      const double first = run.constants.similarity_first->value;
      const methods::OptimisticTheory theory{.L = first,
                                             .N = similarity / std::sqrt(std::ceil(width)),
                                             .probability = p,
                                             .mu = mu,
                                             .c = 1,
                                             .f = 17.0 / 16,
                                             .room = 15.0 / 16,
                                             .inexact = 0.5,
                                             .lacking = first};
      const double eta = theory.step(), x = eta * mu, r = 1 / (1 - eta * first);
      test::expect_step(*run.method, eta);
      alpha = theory.alpha(eta);
      const double s = p / (alpha - 1 + p);
      const Point solution = Book::point(*run.solution);
      const auto G = [&](const Point& at) { return Point(book.F(at) - book.F(0, at)); };
      Point z = book.z0(), z_ = z, w = z, w_ = z;
      run.method->start(run.z0);
      for (std::size_t k = 0; k <= iterations; ++k) {
        average.add(k, (1 + x - s * p) * (z - solution).squaredNorm() + s * (w - solution).squaredNorm() -
                           2 * eta * (G(z) - G(z_)).dot(z - solution) + p * (w_ - z).squaredNorm() +
                           (15.0 / 16 - p - r * x / 2 - alpha * eta * first) * (z - z_).squaredNorm());
        run.method->iterate();
        z_ = z;
        z = Book::point(run.method->point());
        w_ = w;
        if (book.coin(k, p)) w = z;
      }
    }
    average.expect_below(alpha, "svogs");
  });
}

TEST(SimilarWorkers, ConvergeWithRegularizers) {
  for (const RegularizerPointer& g :
       {make_ball(1), make_simplex(1), make_box(-0.1, 0.2), make_nonnegative(), make_l1(0.1)})
    for (const char* method : {"optimistic-masha", "three-pillars", "svogs"})
      test::on_simulated(2, [&](Communicator& comm) {
        const char* up = std::string(method) == "svogs" ? "none" : "permk";
        test::Assembly run(comm, "quadratic-game:dimension=20,components=8,condition=10,heterogeneity=0.05", method, up,
                           "none", 1, std::nullopt, "", g);
        const auto outcome = run.solve({.tolerance = 1e-9, .max_iterations = 20000, .return_point = ReturnPoint::best});
        EXPECT_EQ(outcome.termination, Termination::converged) << method << " " << g->description();
      });
}

// Of all methods, three-pillars sends the fewest bytes up where workers are alike.
TEST(ThreePillars, SendsATenthOfExtragradientsBytes) {
  const auto bytes_up = [](const std::string& method, const std::string& up) {
    std::int64_t bytes = 0;
    test::on_simulated(1, [&](Communicator& comm) {
      test::Assembly run(comm, "bilinear:dimension=100,components=10,condition=100,heterogeneity=0.15", method, up);
      const auto outcome = run.solve({.tolerance = 0, .relative_tolerance = 1e-4, .max_iterations = 5000});
      EXPECT_EQ(outcome.termination, Termination::converged) << method;
      bytes = outcome.totals.wire_bytes_up;
    });
    return static_cast<double>(bytes);
  };
  EXPECT_LT(bytes_up("three-pillars:step=2x,refresh=next", "permk"), 0.1 * bytes_up("extragradient", "none"));
}

struct Setting {
  const char* method;
  const char* up;
  const char* down;
};
constexpr Setting settings[] = {{"ceg", "randk:fraction=0.25", "natural"},
                                {"ceg-ef", "topk:fraction=0.25", "topk:fraction=0.5"},
                                {"qsgda", "permk:wire=float32", "randk:fraction=0.5"},
                                {"diana-sgda", "randk:fraction=0.25", "none"},
                                {"diana-sgda", "randk-shared:fraction=0.25", "none"},
                                {"diana-sgda", "dithering:levels=4", "none"},
                                {"optimistic-masha", "permk", "none"},
                                {"optimistic-masha:step=auto", "permk", "none"},
                                {"optimistic-masha:probability=0.4", "randk:fraction=0.25", "randk:fraction=0.5"},
                                {"three-pillars", "permk", "none"},
                                {"three-pillars:refresh=next,inner=2,probability=0.4", "none", "none"},
                                {"svogs", "none", "none"},
                                {"svogs:step=auto", "none", "none"},
                                {"svogs:probability=0.4,inner=1,batch=5", "none", "none"}};

Vector bits(ConstView z) { return {z.begin(), z.end()}; }

TEST(EveryBaseline, GoesOnBitwiseFromItsListedState) {
  for (const auto& setting : settings)
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_box(-0.3, 0.5)})
      for (const int before : {0, 1, 2, 23})
        test::on_simulated(3, [&](Communicator& comm) {
          const std::string problem = "quadratic-game:dimension=20,components=10";
          test::Assembly run(comm, problem, setting.method, setting.up, setting.down, 5, std::nullopt, "", g);
          test::Assembly copy(comm, problem, setting.method, setting.up, setting.down, 5, std::nullopt, "", g);
          run.method->start(run.z0);
          for (int k = 0; k < before; ++k) run.method->iterate();
          test::State::of(*run.method).load_into(*copy.method);
          for (int k = 0; k < 20; ++k) {
            ASSERT_EQ(bits(run.method->point()), bits(copy.method->point()))
                << setting.method << " " << before << " " << k;
            const auto one = run.method->certificate(), other = copy.method->certificate();
            ASSERT_EQ(one.has_value(), other.has_value());
            if (one) {
              ASSERT_EQ(bits(one->point), bits(other->point)) << setting.method << " " << before << " " << k;
              ASSERT_EQ(bits(one->F), bits(other->F)) << setting.method << " " << before << " " << k;
              ASSERT_EQ(one->iteration, other->iteration);
            }
            run.method->iterate();
            copy.method->iterate();
          }
        });
}

TEST(EveryBaseline, CertifiesWhatItComputed) {
  for (const auto& setting : settings)
    test::on_simulated(2, [&](Communicator& comm) {
      test::Assembly run(comm, "quadratic-game:dimension=20,components=10", setting.method, setting.up, setting.down);
      run.method->start(run.z0);
      std::int64_t last = -1;
      int fresh = 0;
      for (int k = 0; k < 40; ++k) {
        if (const auto certificate = run.method->certificate()) {
          const Vector F = run.F(certificate->point);
          ASSERT_EQ(F, bits(certificate->F)) << setting.method << " " << k;
          fresh += certificate->iteration != last ? 1 : 0;
          last = certificate->iteration;
        }
        run.method->iterate();
      }
      EXPECT_EQ(fresh > 1, run.method->certificate().has_value()) << setting.method;
    });
}

}  // namespace
}  // namespace vireo
