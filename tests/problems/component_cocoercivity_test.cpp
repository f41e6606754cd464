// Pins cocoercivity_component of affine problems to the largest eigenvalue of the pencil of dense matrices, to when it
// is found, and to its being unknown where no constant holds.
#include "problems/component_cocoercivity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "problems/dense.hpp"
#include "problems/logistic_data.hpp"
#include "support/worlds.hpp"

namespace vireo::test {
namespace {

constexpr Index never_dense = 0;

/// The least ell with G <= ell S, by bisection on the eigenvalues of ell S - G themselves; components are drawn alike.
double least_constant(Assembly& run) {
  const Eigen::MatrixXd J = mean_operator(run).J;
  const Eigen::MatrixXd S = (J + J.transpose()) / 2;
  Eigen::MatrixXd G = Eigen::MatrixXd::Zero(J.rows(), J.cols());
  const auto components = estimates(run);
  for (const auto& E : components) G += gram(E.J) / static_cast<double>(components.size());
  const double slack = 1e-12 * G.norm();  // of eigenvalues that are 0
  double low = 0, high = 1e9 * G.norm() / S.norm();
  for (int k = 0; k < 200; ++k) {
    const double middle = low > 0 ? std::sqrt(low * high) : high * 1e-12;
    (eigenvalues(middle * S - G)(0) >= -slack ? high : low) = middle;
  }
  return high;
}

struct Found {
  std::optional<Constant> before, after;
};

Found find(Assembly& run, Index dense_up_to = problems::dense_pencil) {
  Found found{.before = run.constants.cocoercivity_component, .after = {}};
  problems::determine_component_cocoercivity(*run.problem->operators(), *run.exchange, run.constants, dense_up_to);
  found.after = run.constants.cocoercivity_component;
  return found;
}

TEST(ComponentCocoercivity, IsThatOfTheMatrices) {
  for (const char* problem : {"quadratic-game:dimension=20,components=12",
                              "quadratic-game:dimension=12,components=5,heterogeneity=1,condition=30",
                              "bilinear:dimension=12,components=6,condition=10",
                              "bilinear:dimension=12,components=6,structure=banded,bandwidth=1",
                              "least-squares:rows=40,features=6,lambda=0.1", "least-squares:rows=40,features=6",
                              "rotations:dimension=10,components=9"})
    on_simulated(1, [&](Communicator& comm) {
      SCOPED_TRACE(problem);
      for (const Index dense_up_to : {problems::dense_pencil, never_dense}) {
        Assembly run(comm, problem, "extragradient", "none", "none", 1, 4);
        const double ell = least_constant(run);
        const auto [before, after] = find(run, dense_up_to);
        ASSERT_TRUE(before && after);
        EXPECT_EQ(after->origin, Origin::computed);
        EXPECT_GE(after->value, ell * (1 - 1e-9));  // errors are to the safe side
        EXPECT_LE(after->value, ell * (dense_up_to > 0 ? 1 + 1e-6 : 1 + 2e-5));
        EXPECT_GE(before->value, after->value * (1 - 1e-9));
      }
    });
}

// S is singular: rows are few, or a feature is the sum of two others, or there are no values of it. Then G v = 0 where S
// v = 0, and ell is smaller than the largest ||a_i||^2, which bounds it.
TEST(ComponentCocoercivity, IsThereWhereTheSymmetricPartIsSingularAndComponentsVanishWithIt) {
  std::string text;
  for (int i = 0; i < 30; ++i) {
    const double a = std::round(32 * std::sin(3.0 * i)) / 32, b = std::round(32 * std::cos(5.0 * i)) / 32;
    const double c = i % 4 == 3 ? 3.0 : 0.5;
    text += "1 1:" + std::to_string(a) + " 2:" + std::to_string(b) + " 3:" + std::to_string(a + b) +
            " 5:" + std::to_string(c * b) + "\n";
  }
  const ScratchFile file(text);
  on_simulated(1, [&](Communicator& comm) {
    for (const auto& [problem, data] :
         {std::pair<const char*, std::string>{"least-squares", file.path()}, {"least-squares:rows=5,features=9", ""}}) {
      Assembly run(comm, problem, "extragradient", "none", "none", 1, 3, data);
      const double ell = least_constant(run);
      const auto [before, after] = find(run);
      EXPECT_EQ(after->origin, Origin::computed) << problem;
      EXPECT_NEAR(after->value, ell, 2e-5 * ell) << problem;
      if (!data.empty()) {
        EXPECT_LT(after->value, 0.99 * before->value);
      }
    }
  });
}

// S is skew, or singular with components that do not vanish with it: no constant holds.
TEST(ComponentCocoercivity, IsUnknownWhereNoConstantHolds) {
  on_simulated(2, [](Communicator& comm) {
    for (const char* problem : {"bilinear:dimension=10,components=4,condition=inf", "matrix-game:matrix=random,rows=6",
                                "lagrangian-qp:size=4", "bilinear-pairs"}) {
      for (const Index dense_up_to : {problems::dense_pencil, never_dense}) {
        Assembly run(comm, problem, "extragradient");
        EXPECT_FALSE(find(run, dense_up_to).after) << problem;
      }
    }
  });
}

TEST(ComponentCocoercivity, HasTheSameBitsOnAnyNumberOfRanks) {
  for (const char* problem : {"quadratic-game:dimension=20,components=6", "least-squares:rows=40,features=6"})
    for (const Index dense_up_to : {problems::dense_pencil, never_dense}) {
      std::optional<double> first;
      for (const int ranks : {1, 2, 3, 5, 8})
        on_simulated(ranks, [&](Communicator& comm) {
          Assembly run(comm, problem, "extragradient", "none", "none", 1, 6);
          const double mine = find(run, dense_up_to).after->value;
          if (ranks == 1) first = mine;
          EXPECT_EQ(mine, *first) << problem << ", " << ranks;
        });
    }
}

TEST(ComponentCocoercivity, IsFoundOnlyWhereAMethodNeedsIt) {
  on_simulated(1, [](Communicator& comm) {
    const auto origin = [&](const std::string& method) {
      Assembly run(comm, "quadratic-game:dimension=10,components=6", method);
      return run.constants.cocoercivity_component->origin;
    };
    for (const std::string name : {"vr-halpern", "compressed-halpern"}) {
      EXPECT_EQ(origin(name), Origin::computed) << name;
      EXPECT_EQ(origin(name + ":cocoercivity_component=9"), Origin::bounded) << name;
    }
    EXPECT_EQ(origin("masha1"), Origin::bounded);
  });
}

}  // namespace
}  // namespace vireo::test
