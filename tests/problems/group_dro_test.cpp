// Pins group-dro: the operator against its saddle function, groups of all kinds, the certified gap against brute force,
// bounds that bound on the set, and monotonicity there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "problems/dense.hpp"
#include "problems/logistic_data.hpp"
#include "problems/rows/groups.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// f(w, p), written out over rows with their groups
struct Saddle {
  const GeneratedData& data;
  std::vector<std::size_t> group;
  double lambda, nu;

  [[nodiscard]] std::vector<double> losses(ConstView w) const {
    const std::size_t G = 1 + *std::max_element(group.begin(), group.end());
    std::vector<double> sums(G), sizes(G);
    for (std::size_t i = 0; i < data.rows.size(); ++i) {
      const double y = data.labels[i] > 0 ? 1 : -1;
      sums[group[i]] += std::log1p(std::exp(-y * eigen(data.rows[i]).dot(eigen(w))));
      sizes[group[i]] += 1;
    }
    for (std::size_t g = 0; g < G; ++g) sums[g] /= sizes[g];
    return sums;
  }
  [[nodiscard]] double operator()(ConstView w, ConstView p) const {
    const auto L = losses(w);
    double value = lambda / 2 * kernels::squared_norm(w);
    for (std::size_t g = 0; g < L.size(); ++g) {
      const double off = p[g] - 1 / static_cast<double>(L.size());
      value += p[g] * L[g] - nu / 2 * off * off;
    }
    return value;
  }
};

std::vector<std::size_t> by_label(const GeneratedData& data) {
  std::vector<std::size_t> group;
  for (const double label : data.labels) group.push_back(label > 0 ? 1 : 0);
  return group;
}

std::vector<std::size_t> by_worker(std::size_t rows, Index workers) {
  std::vector<std::size_t> group(rows);
  for (Index m = 0; m < workers; ++m)
    for (Index i = part_of(rows, workers, m).begin; i < part_of(rows, workers, m).end; ++i) group[i] = m;
  return group;
}

std::vector<std::size_t> by_feature(const GeneratedData& data, std::size_t j) {
  std::map<double, std::size_t> values;
  for (const auto& row : data.rows) values[row[j]] = 0;
  std::size_t next = 0;
  for (auto& [value, place] : values) place = next++;
  std::vector<std::size_t> group;
  for (const auto& row : data.rows) group.push_back(values[row[j]]);
  return group;
}

/// Few values in the first feature
GeneratedData data_with_groups() {
  auto data = generate(60, 5, 0.7);
  data.text.clear();
  for (std::size_t i = 0; i < 60; ++i) {
    auto& row = data.rows[i];
    row[0] = static_cast<double>(i % 4) - 1;  // 0 for a quarter of the rows, and then not listed
    data.text += format_real(data.labels[i]);
    for (std::size_t j = 0; j < 5; ++j)
      if (row[j] != 0 || (i == 0 && j == 4)) data.text += " " + std::to_string(j + 1) + ":" + format_real(row[j]);
    data.text += "\n";
  }
  return data;
}

/// Points of R^5 x simplex
Vector point(const Problem& problem, std::uint64_t seed, double size = 1) {
  Vector z = random_point(problem.dimension(), seed, size);
  make_simplex()->prox(1, View(z).subspan(problem.blocks()[1].range.begin));
  return z;
}

TEST(GroupDro, IsTheOperatorOfItsSaddleFunction) {
  const auto data = data_with_groups();
  const std::vector<std::pair<std::string, std::vector<std::size_t>>> cases = {
      {"labels", by_label(data)}, {"workers", by_worker(60, 7)}, {"feature:1", by_feature(data, 0)}};
  for (const auto& [groups, group] : cases) {
    const Saddle f{data, group, 0.3, 0.2};
    for (const int ranks : {1, 3})
      with_problem(
          "group-dro:lambda=0.3,nu=0.2,groups=" + groups, 7, data.text,
          [&, groups = groups, group = group](const Problem& problem, Exchange& exchange) {
            SCOPED_TRACE(groups);
            const auto blocks = problem.blocks();
            ASSERT_EQ(blocks[0].range, (Range{0, 5}));
            ASSERT_EQ(blocks[1].range.size(), 1 + *std::max_element(group.begin(), group.end()));
            Vector z = point(problem, 3);
            const Vector F = mean_of(problem, exchange, z);
            for (Index j = 0; j < z.size(); ++j) {
              constexpr double h = 1e-5;
              const double at = z[j];
              z[j] = at + h;
              const double right = f(ConstView(z).first(5), ConstView(z).subspan(5));
              z[j] = at - h;
              const double left = f(ConstView(z).first(5), ConstView(z).subspan(5));
              z[j] = at;
              EXPECT_NEAR(F[j], (j < 5 ? 1 : -1) * (right - left) / (2 * h), 1e-8) << j;
            }
          },
          ranks);
  }
}

// By hand: one row a = 2 with label +1, one a = 1 with label -1; at w = 0 losses are log 2, slopes -1/2 and +1/2.
TEST(GroupDro, MatchesAHandCheckedCase) {
  with_problem("group-dro:lambda=3,nu=10", 1, "+1 1:2\n-1 1:1\n", [](const Problem& problem, Exchange& exchange) {
    const Vector z{0, 0.25, 0.75};
    Vector F(3);
    problem.shard(0).mean(z, F);
    EXPECT_NEAR(F[0], 0.25 * 0.5 - 0.75 * 1, 1e-15);
    EXPECT_NEAR(F[1], -std::log(2.0) + 10 * (0.25 - 0.5), 1e-15);
    EXPECT_NEAR(F[2], -std::log(2.0) + 10 * (0.75 - 0.5), 1e-15);
    // max_p: both alike, at p = 1/2: the gain is nu/2 |p - 1/2|^2 = 10/2 * 2/16, and |grad|^2 / (2 lambda) = (5/8)^2 /
    // 6
    EXPECT_NEAR(problem.gap(exchange, z, F), 0.625 + 0.625 * 0.625 / 6, 1e-14);
    EXPECT_EQ(problem.initial_point(), (Vector{0, 0.5, 0.5}));
  });
}

// Large margins: losses of hundreds, and of 1e-300.
TEST(GroupDro, LossesAreAccurateForLargeMargins) {
  with_problem("group-dro:lambda=0,nu=0", 1, "+1 1:1\n-1 1:1\n", [](const Problem& problem, Exchange&) {
    for (const double t : {0.0, 1e-9, 0.5, 20.0, 40.0, 200.0, 600.0}) {
      Vector F(3);
      problem.shard(0).mean(Vector{t, 0.5, 0.5}, F);
      const double losing = static_cast<double>(std::log1p(std::exp(static_cast<long double>(t))));
      const double winning = static_cast<double>(std::log1p(std::exp(-static_cast<long double>(t))));
      EXPECT_NEAR(-F[1], losing, 4e-16 * losing);
      EXPECT_NEAR(-F[2], winning, 4e-16 * winning);
    }
  });
}

TEST(GroupDro, GroupsAreOrderedByValueAndCountedOverAllRanks) {
  const auto data = data_with_groups();
  const ScratchFile file(data.text);
  for (const int ranks : {1, 2, 5})
    on_simulated(ranks, [&](Communicator& comm) {
      static const Registry registry = Registry::builtin();
      const auto& known = registry.problems.find("logistic").parameters;
      const ProblemContext context(comm, 6, 16, file.path());
      const auto rows = problems::load_sparse_data(Parameters("problem", Spec::parse("logistic"), known), context);
      EXPECT_THAT(problems::group_rows(comm, rows, "labels").sizes, ElementsAre(40, 20));
      EXPECT_THAT(problems::group_rows(comm, rows, "feature:1").sizes, ElementsAre(15, 15, 15, 15));
      EXPECT_THAT(problems::group_rows(comm, rows, "workers").sizes, ElementsAre(10, 10, 10, 10, 10, 10));
      EXPECT_EQ(problems::group_rows(comm, rows, "labels").description, "2 groups by label, of 20 to 40 rows");
      const auto groups = problems::group_rows(comm, rows, "feature:1");
      for (Index m = rows.workers.begin; m < rows.workers.end; ++m)
        for (Index i = 0; i < 10; ++i) EXPECT_EQ(groups.of_worker[m - rows.workers.begin][i], (10 * m + i) % 4);
    });
}

TEST(GroupDro, PairsHaveTheBitsOfSingles) {
  for (const auto& data : {generate(500, 20, 0.6), generate(30, 400, 0.02)})
    for (const Index workers : std::vector<Index>{1, 4})
      for (const char* const groups : {"labels", "workers"})
        with_problem(std::string("group-dro:groups=") + groups, workers, data.text,
                     [&](const Problem& problem, Exchange&) {
                       for (Index m = 0; m < workers; ++m)
                         expect_consistent_forms(problem.shard(m), problem.dimension(), problem.components());
                     });
}

TEST(GroupDro, DoesNotDependOnTheSplit) {
  expect_independent_of_workers("group-dro:lambda=0.02", generate(101, 12, 0.4).text);
}

TEST(GroupDro, BitsDoNotDependOnTheRanks) {
  const ScratchFile file(data_with_groups().text);
  for (const char* const groups : {"labels", "workers", "feature:1"})
    expect_same_bits_on_any_ranks(std::string("group-dro:groups=") + groups, file.path());
}

TEST(GroupDro, ConstantsBindOnTheSet) {
  const auto data = data_with_groups();
  for (const auto* spec : {"group-dro", "group-dro:groups=workers,lambda=0,nu=0", "group-dro:groups=feature:1,nu=3",
                           "group-dro:lambda=5,nu=7"})
    with_problem(spec, 7, data.text, [&](const Problem& problem, Exchange& exchange) {
      SCOPED_TRACE(spec);
      std::vector<Vector> points;
      for (std::uint64_t i = 0; i < 60; ++i) points.push_back(point(problem, i, i % 3 == 0 ? 0.02 : 2));
      expect_constants_bind(problem, exchange, points);
      const auto constants = problem.constants(exchange);
      for (const auto& constant : {constants.L, constants.L_tilde, constants.L_component, constants.mu})
        EXPECT_EQ(constant->origin, Origin::bounded);
    });
}

// By hand, two groups of one row a = 0.01 each: p = a^2/4 + lambda, c = a sqrt(2), q = nu. A slope is at most 1, and
// 1/2 at w = 0, where the Jacobian's off-diagonal block has half that norm.
TEST(GroupDro, TheBoundIsThatOfTheHeader) {
  for (const auto& [lambda, nu] : {std::pair{0.0, 0.0}, {0.004, 0.1}})
    with_problem("group-dro:lambda=" + format_real(lambda) + ",nu=" + format_real(nu), 1, "+1 1:0.01\n-1 1:0.01\n",
                 [&, lambda = lambda, nu = nu](const Problem& problem, Exchange& exchange) {
                   const double p = 1e-4 / 4 + lambda, c = 0.01 * std::sqrt(2);
                   const double expected = (p + nu) / 2 + std::hypot((p - nu) / 2, c);
                   const auto constants = problem.constants(exchange);
                   EXPECT_NEAR(constants.L->value, expected, 1e-5 * expected);
                   EXPECT_NEAR(constants.L_tilde->value, expected, 1e-5 * expected);
                   const double p_i = 2 * 1e-4 / 4 + lambda, c_i = 2 * 0.01;  // n/n_g = 2
                   const double one = (p_i + nu) / 2 + std::hypot((p_i - nu) / 2, c_i);
                   EXPECT_NEAR(constants.L_component->value, one, 1e-12 * one);
                   EXPECT_EQ(constants.mu->value, std::min(lambda, nu));
                   Vector F(3);
                   const auto at = [&](const Vector& z) {
                     problem.shard(0).mean(z, F);
                     return F;
                   };
                   const Vector slope_by_p = [&] {
                     Vector change = at({0, 1, 0});
                     kernels::axpy(-1.0, at({0, 0, 1}), change);
                     return change;
                   }();
                   EXPECT_NEAR(slope_by_p[0], 0.01, 1e-15);  // a/2 of label -1, minus -a/2 of label +1
                 });
}

TEST(GroupDro, ConstantsAreTheSameForAnyNumberOfRanks) {
  expect_same_constants_on_any_ranks("group-dro", 8, generate(60, 9, 0.5).text);
  expect_same_constants_on_any_ranks("group-dro:groups=workers", 8, generate(60, 9, 0.5).text);
}

// lambda = nu = 0: only just monotone, and not at all for weights that are negative
TEST(GroupDro, IsMonotoneOnTheSimplexAndNotBeyond) {
  const auto data = data_with_groups();
  with_problem("group-dro:lambda=0,nu=0,groups=feature:1", 3, data.text,
               [&](const Problem& problem, Exchange& exchange) {
                 const auto product = [&](const Vector& u, const Vector& v) {
                   Vector step(u.size()), change(u.size());
                   kernels::subtract(u, v, step);
                   kernels::subtract(mean_of(problem, exchange, u), mean_of(problem, exchange, v), change);
                   return kernels::dot(step, change);
                 };
                 for (std::uint64_t i = 0; i < 200; ++i)
                   EXPECT_GE(product(point(problem, i), point(problem, i + 1)), -1e-12);
                 Vector u(9, 0.0), v(9, 0.0);
                 for (Index g = 5; g < 9; ++g) u[g] = v[g] = -0.25;
                 u[1] = 0.5;
                 EXPECT_LT(product(u, v), -1e-3);
               });
}

TEST(GroupDro, TheGapBoundsWhatBruteForceFinds) {
  const auto data = data_with_groups();
  const Saddle f{data, by_label(data), 0.3, 0.2};
  with_problem("group-dro:lambda=0.3,nu=0.2", 4, data.text, [&](const Problem& problem, Exchange& exchange) {
    EXPECT_THAT(problem.gap_definition(), HasSubstr("upper bound"));
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const Vector z = point(problem, seed, 0.5);
      const ConstView w = ConstView(z).first(5), p = ConstView(z).subspan(5);
      const double gap = problem.gap(exchange, z, mean_of(problem, exchange, z));
      // max over p' on a grid, which misses it by at most nu/2 times the square of half its spacing
      double best = -1e300;
      constexpr int steps = 20000;
      for (int s = 0; s <= steps; ++s) {
        const double share = static_cast<double>(s) / steps;
        best = std::max(best, f(w, Vector{share, 1 - share}));
      }
      // min over w' by gradient descent
      Vector x(w.begin(), w.end());
      for (int k = 0; k < 4000; ++k) {
        Vector at = x;
        at.insert(at.end(), p.begin(), p.end());
        const Vector F = mean_of(problem, exchange, at);
        kernels::axpy(-0.1, ConstView(F).first(5), x);
      }
      const double exact = best - f(x, p);
      EXPECT_GE(gap, exact - 1e-9);
      // the certificate's own terms
      const Vector F = mean_of(problem, exchange, z);
      EXPECT_NEAR(gap, best - f(w, p) + kernels::squared_norm(ConstView(F).first(5)) / 0.6, 1e-8);
    }
  });
}

TEST(GroupDro, TheGapGoesToZeroAtTheSolution) {
  const ScratchFile file(data_with_groups().text);
  on_simulated(2, [&](Communicator& comm) {
    for (const char* const spec : {"group-dro:groups=feature:1", "group-dro:nu=0"}) {
      Assembly run(comm, spec, "extragradient", "none", "none", 1, 4, file.path());
      Criteria criteria;
      criteria.tolerance = 1e-9;
      criteria.max_iterations = 100000;
      const auto outcome = run.solve(criteria);
      EXPECT_EQ(outcome.termination, Termination::converged) << spec;
      EXPECT_LT(std::abs(outcome.gap), 1e-8) << spec;
    }
    // without strong convexity there is no certificate
    Assembly plain(comm, "group-dro:lambda=0", "extragradient", "none", "none", 1, 4, file.path());
    EXPECT_EQ(plain.problem->gap_definition(), "");
    Criteria criteria;
    criteria.max_iterations = 3;
    EXPECT_TRUE(std::isnan(plain.solve(criteria).gap));
  });
}

TEST(GroupDro, RefusesBadGroups) {
  const ScratchFile file(data_with_groups().text);
  const auto failure = [&](const std::string& groups) {
    return failure_of<UsageError>("group-dro:groups=" + groups, file.path(), 2, 4);
  };
  EXPECT_EQ(failure("sex"), "group-dro: groups=sex is not workers, labels or feature:J");
  EXPECT_EQ(failure("feature:0"), "group-dro: groups=feature:0: the data have features 1 to 5");
  EXPECT_EQ(failure("feature:6"), "group-dro: groups=feature:6: the data have features 1 to 5");
  EXPECT_THAT(failure("feature:two"), HasSubstr("'two' is not a whole number"));
  std::string many;
  for (int i = 0; i < 1200; ++i) many += (i % 2 == 0 ? "1 1:" : "-1 1:") + std::to_string(i + 1) + "\n";
  const ScratchFile values(many);
  EXPECT_THAT(failure_of<DataError>("group-dro:groups=feature:1", values.path(), 2, 4),
              HasSubstr("feature 1 has more than 1000 values"));
}

TEST(GroupDro, RealData) {
  const auto path = data_set("heart_scale");
  if (!path) GTEST_SKIP() << "heart_scale is not here; set VIREO_DATA to its folder";
  on_simulated(2, [&](Communicator& comm) {
    Assembly run(comm, "group-dro", "extragradient", "none", "none", 1, 16, *path);
    Criteria criteria;
    criteria.tolerance = 1e-8;
    criteria.max_iterations = 20000;
    const auto outcome = run.solve(criteria);
    EXPECT_EQ(outcome.termination, Termination::converged);
    EXPECT_LT(outcome.gap, 1e-9);
    EXPECT_GT(outcome.gap, -1e-12);
  });
}

}  // namespace
}  // namespace vireo::test
