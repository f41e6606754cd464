// Pins the constants of similarity to singular values of dense matrices, on any number of ranks, and to when they are
// found.
#include <gtest/gtest.h>

#include <Eigen/Core>

#include "methods/compressed_recursion.hpp"
#include "problems/dense.hpp"
#include "problems/similarity.hpp"

namespace vireo {
namespace {

struct Dense {
  double to_mean, first, largest;
};

/// From the matrices themselves.
Dense dense_similarity(const std::string& problem) {
  Dense dense{};
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, problem, "extragradient");
    const test::CompressedTextbook book(run, "none", "none");
    const Eigen::MatrixXd J = book.J();
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(J.rows(), J.cols());
    for (Index m = 0; m < book.M; ++m) {
      const Eigen::MatrixXd D = book.J(m) - J;
      gram += D.transpose() * D / static_cast<double>(book.M);
      dense.largest = std::max(dense.largest, test::largest_singular_value(D));
      if (m == 0) dense.first = test::largest_singular_value(D);
    }
    dense.to_mean = std::sqrt(test::largest_singular_value(gram));
  });
  return dense;
}

TEST(Similarity, IsThatOfTheMatrices) {
  for (const char* problem :
       {"bilinear:dimension=20,components=10,heterogeneity=0.15", "bilinear:dimension=30,components=7,heterogeneity=2",
        "quadratic-game:dimension=20,components=24,heterogeneity=0.3"}) {
    const Dense dense = dense_similarity(problem);
    EXPECT_LT(dense.to_mean, dense.largest);  // what the mean square buys
    test::on_simulated(3, [&](Communicator& comm) {
      test::Assembly run(comm, problem, "extragradient");
      EXPECT_FALSE(run.constants.similarity);
      problems::determine_similarity(*run.problem->operators(), *run.exchange, run.constants);
      ASSERT_TRUE(run.constants.similarity && run.constants.similarity_first);
      EXPECT_NEAR(run.constants.similarity->value, dense.to_mean, 2e-5 * dense.to_mean) << problem;
      EXPECT_NEAR(run.constants.similarity_first->value, dense.first, 2e-5 * dense.first) << problem;
      EXPECT_EQ(run.constants.similarity->origin, Origin::computed);
    });
  }
}

TEST(Similarity, HasTheSameBitsOnAnyNumberOfRanks) {
  std::optional<std::pair<double, double>> first;
  for (const int ranks : {1, 2, 5, 8})
    test::on_simulated(ranks, [&](Communicator& comm) {
      test::Assembly run(comm, "bilinear:dimension=20,components=6", "three-pillars", "permk");
      const std::pair mine{run.constants.similarity->value, run.constants.similarity_first->value};
      if (ranks == 1) first = mine;
      EXPECT_EQ(mine, *first) << ranks;
    });
}

TEST(Similarity, OfWorkersThatDoNotDifferIsZero) {
  test::on_simulated(2, [](Communicator& comm) {
    for (const char* problem :
         {"bilinear:dimension=20,components=7,heterogeneity=0", "bilinear:dimension=20,components=1"}) {
      test::Assembly run(comm, problem, "extragradient");
      problems::determine_similarity(*run.problem->operators(), *run.exchange, run.constants);
      EXPECT_EQ(run.constants.similarity->value, 0) << problem;
      EXPECT_EQ(run.constants.similarity_first->value, 0) << problem;
    }
  });
}

TEST(Similarity, IsFoundOnlyWhereAMethodNeedsIt) {
  test::on_simulated(1, [](Communicator& comm) {
    const auto found = [&](const std::string& method) {
      test::Assembly run(comm, "bilinear:dimension=20,components=6", method);
      return run.constants.similarity.has_value();
    };
    for (const std::string name : {"optimistic-masha", "three-pillars", "svogs"}) {
      EXPECT_TRUE(found(name)) << name;
      EXPECT_TRUE(found(name + ":step=2x")) << name;
      EXPECT_FALSE(found(name + ":step=0.1")) << name;
      EXPECT_FALSE(found(name + ":delta=0.5")) << name;
    }
    EXPECT_FALSE(found("masha1"));
  });
}

}  // namespace
}  // namespace vireo
