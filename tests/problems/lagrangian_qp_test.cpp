// Pins the Lagrangian of quadratic programs: F = (H x - h - A'y, A x - b) and its samples against dense matrices, the
// solution of the hard instance, programs from HDF5 files of any shape, and bad files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "linalg/line_pairs.hpp"
#include "problems/dense.hpp"
#include "problems/matrix_files.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::test {
namespace {

using ::testing::HasSubstr;

std::vector<double> uniform_law(Index x, Index y) {
  const auto pairs = linalg::LinePairs::uniform(x, y);
  std::vector<double> p;
  for (Index k = 0; k < pairs.size(); ++k) p.push_back(pairs.probability(k));
  return p;
}

struct Program {
  Eigen::MatrixXd H, A;
  Eigen::VectorXd h, b;

  [[nodiscard]] Affine F() const {
    const auto n = H.rows(), p = A.rows();
    Affine out{Eigen::MatrixXd::Zero(n + p, n + p), Eigen::VectorXd(n + p)};
    out.J.topLeftCorner(n, n) = H;
    out.J.topRightCorner(n, p) = -A.transpose();
    out.J.bottomLeftCorner(p, n) = A;
    out.c << -h, -b;
    return out;
  }
};

/// The reference program's instance
Program hard_instance(Eigen::Index n) {
  Program q{Eigen::MatrixXd(n, n), Eigen::MatrixXd::Zero(n, n), Eigen::VectorXd::Zero(n),
            Eigen::VectorXd::Constant(n, 0.25)};
  for (Eigen::Index i = 0; i < n; ++i) {
    q.A(i, n - 1 - i) = 0.25;
    if (i < n - 1) q.A(i, n - 2 - i) = -0.25;
  }
  q.H = 2 * gram(q.A);
  q.h(n - 1) = 0.25;
  return q;
}

Program random_program(Eigen::Index n, Eigen::Index p, double shift) {
  const auto entries = [](Eigen::Index rows, Eigen::Index columns, std::uint64_t stream) {
    const Vector x = normal(static_cast<Index>(rows * columns), stream);
    return Eigen::MatrixXd(Eigen::Map<const Eigen::MatrixXd>(x.data(), rows, columns));
  };
  const Eigen::MatrixXd B = entries(n, n, 1);
  Program q{gram(B) + shift * Eigen::MatrixXd::Identity(n, n), entries(p, n, 2), entries(n, 1, 3), entries(p, 1, 4)};
  q.H = (q.H + Eigen::MatrixXd(q.H.transpose())) / 2;
  return q;
}

Rows rows_of(const Eigen::MatrixXd& A) {
  Rows rows(static_cast<std::size_t>(A.rows()), std::vector<double>(static_cast<std::size_t>(A.cols())));
  for (Eigen::Index i = 0; i < A.rows(); ++i)
    for (Eigen::Index j = 0; j < A.cols(); ++j)
      rows[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] = A(i, j);
  return rows;
}
Vector list_of(const Eigen::VectorXd& x) { return {x.begin(), x.end()}; }
Hdf5File file_of(const Program& q) {
  return Hdf5File({{"H", rows_of(q.H)}, {"A", rows_of(q.A)}}, {{"h", list_of(q.h)}, {"b", list_of(q.b)}});
}

void expect_operator(Assembly& run, const Program& q) {
  const auto found = mean_operator(run);
  const auto expected = q.F();
  EXPECT_LT((found.J - expected.J).norm(), 1e-13 * expected.J.norm());
  EXPECT_LT((found.c - expected.c).norm(), 1e-13 * expected.c.norm());
}

TEST(LagrangianQp, TheHardInstanceIsThatOfTheReferenceProgram) {
  on_simulated(2, [](Communicator& comm) {
    for (const Index n : std::vector<Index>{1, 2, 7, 12})
      for (const Index M : {Index{1}, std::min<Index>(n, 5)}) {
        Assembly run(comm, "lagrangian-qp:size=" + std::to_string(n), "extragradient", "none", "none", 1, M);
        expect_operator(run, hard_instance(static_cast<Eigen::Index>(n)));
        EXPECT_LT(kernels::norm(run.F(*run.solution)), 1e-13);
        for (const double z : run.z0) EXPECT_EQ(z, 1 / static_cast<double>(n));
      }
  });
}

// halpern.md section 2 (b): n H[:,i] x_i - n A[i]' y_i, n A[:,i] x_i; average L at most 8.3 for n = 200
TEST(LagrangianQp, SamplesAreThoseOfTheReferenceProgram) {
  on_simulated(1, [](Communicator& comm) {
    Assembly run(comm, "lagrangian-qp:size=5", "extragradient", "none", "none", 1, 2);
    const auto q = hard_instance(5);
    const auto E = estimates(run);
    ASSERT_EQ(E.size(), 5U);
    for (Eigen::Index i = 0; i < 5; ++i) {
      Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(10, 10);
      expected.block(0, i, 5, 1) = 5 * q.H.col(i);
      expected.block(5, i, 5, 1) = 5 * q.A.col(i);
      expected.block(0, 5 + i, 5, 1) = -5 * q.A.row(i).transpose();
      EXPECT_LT((E[static_cast<std::size_t>(i)].J - expected).norm(), 1e-13 * expected.norm());
      EXPECT_LT((E[static_cast<std::size_t>(i)].c - q.F().c).norm(), 1e-15);
    }
    Assembly large(comm, "lagrangian-qp", "extragradient");
    EXPECT_EQ(large.problem->dimension(), 400U);
    EXPECT_LE(large.constants.L_component->value, std::sqrt(200 * (0.09375 + 0.125 + 0.125)) * (1 + 1e-12));
    EXPECT_NEAR(large.constants.L->value, largest_singular_value(hard_instance(200).F().J), 1e-7);
  });
}

TEST(LagrangianQp, FormsAndConstantsAreThoseOfTheMatrices) {
  const auto wide = random_program(7, 4, 0), tall = random_program(4, 6, 0.5);
  const auto wide_file = file_of(wide), tall_file = file_of(tall);
  on_simulated(1, [&](Communicator& comm) {
    for (const Index M : std::vector<Index>{1, 3}) {
      Assembly hard(comm, "lagrangian-qp:size=9", "extragradient", "none", "none", 1, M);
      expect_pairs_are_two_singles(*hard.problem->operators());
      expect_shards_agree(hard, uniform_law(9, 9));
      expect_constants_of_the_matrix(hard);
      EXPECT_EQ(hard.constants.mu->value, 0);
      EXPECT_FALSE(hard.constants.cocoercivity);
      for (const auto& [q, path] : {std::pair(&wide, wide_file.path()), std::pair(&tall, tall_file.path())}) {
        Assembly run(comm, "lagrangian-qp", "extragradient", "none", "none", 1, M, path);
        expect_operator(run, *q);
        expect_pairs_are_two_singles(*run.problem->operators());
        expect_shards_agree(run, uniform_law(static_cast<Index>(q->H.rows()), static_cast<Index>(q->A.rows())));
        expect_constants_of_the_matrix(run);
        EXPECT_EQ(run.constants.mu->value, 0);
        EXPECT_TRUE(run.problem->remarks().empty());
        EXPECT_FALSE(run.solution);
      }
    }
  });
}

TEST(LagrangianQp, SolvesAProgramToItsKktPoint) {
  const auto q = random_program(6, 3, 1);
  const auto file = file_of(q);
  const auto F = q.F();
  const Eigen::VectorXd expected = solve(F.J, -F.c);
  on_simulated(2, [&](Communicator& comm) {
    Assembly run(comm, "lagrangian-qp", "extragradient", "none", "none", 1, 2, file.path());
    Criteria criteria;
    criteria.tolerance = 1e-10;
    criteria.max_iterations = 20000;
    const auto outcome = run.solve(criteria);
    EXPECT_EQ(outcome.termination, Termination::converged);
    EXPECT_LT((eigen(outcome.solution) - expected).norm(), 1e-7 * expected.norm());
  });
}

TEST(LagrangianQp, SaysIfItIsNotMonotone) {
  auto q = random_program(5, 2, 0);
  q.H(1, 1) -= 100;
  const auto file = file_of(q);
  on_simulated(2, [&](Communicator& comm) {
    Assembly run(comm, "lagrangian-qp", "extragradient", "none", "none", 1, 2, file.path());
    EXPECT_NEAR(run.constants.mu->value, eigenvalues(q.H)(0), 1e-6 * q.H.norm());
    ASSERT_EQ(run.problem->remarks().size(), 1U);
    EXPECT_THAT(run.problem->remarks()[0], HasSubstr("not monotone: H has the eigenvalue -"));
  });
}

TEST(LagrangianQp, BitsDoNotDependOnTheRanks) {
  expect_same_bits_on_any_ranks("lagrangian-qp:size=20");
  const auto file = file_of(random_program(9, 7, 0));
  expect_same_bits_on_any_ranks("lagrangian-qp", file.path());
  std::string reference;
  for (const int ranks : {1, 2, 4})
    on_simulated(ranks, [&](Communicator& comm) {
      const Assembly run(comm, "lagrangian-qp", "extragradient", "none", "none", 1, 4, file.path());
      if (comm.rank() != 0) return;
      if (reference.empty()) reference = run.problem->fingerprint();
      EXPECT_EQ(run.problem->fingerprint(), reference);
    });
  EXPECT_THAT(reference, HasSubstr("variables=9 constraints=7 digest="));
}

TEST(LagrangianQp, ALongInstanceNeedsLittleMemory) {
  on_simulated(1, [](Communicator& comm) {
    static const Registry registry = Registry::builtin();
    const auto& plug = registry.problems.find("lagrangian-qp");
    const auto problem = plug.make(Parameters("problem", Spec::parse("lagrangian-qp:size=100000"), plug.parameters),
                                   ProblemContext(comm, std::nullopt, plug.default_workers, ""));
    EXPECT_LT(problem->memory_bytes(), std::size_t{50} << 20);
    Exchange exchange(comm, problem->layout(), problem->dimension(), 0);
    Vector F(problem->dimension());
    exchange.mean([&](Index m, View x) { problem->operators()->shard(m).mean(*problem->solution(), x); }, F);
    EXPECT_LT(kernels::max_abs(F), 1e-9);
  });
}

TEST(LagrangianQp, RefusesBadFilesAndParameters) {
  const auto good = random_program(4, 2, 1);
  const auto failure = [](const Hdf5File& file) {
    auto what = failure_of<DataError>("lagrangian-qp", file.path(), 2);
    return what.substr(std::min(what.size(), file.path().size()));
  };
  auto q = good;
  q.H(0, 3) += 1e-3;
  EXPECT_THAT(failure(file_of(q)), HasSubstr(": 'H' is not symmetric: H["));
  q = good;
  q.H.conservativeResize(4, 3);
  EXPECT_EQ(failure(file_of(q)), ": 'H' is 4 x 3, not square");
  q = good;
  q.A.conservativeResize(2, 3);
  EXPECT_EQ(failure(file_of(q)), ": 'A' has 3 columns, but 'H' has 4");
  q = good;
  q.h.conservativeResize(3);
  EXPECT_EQ(failure(file_of(q)), ": 'h' has 3 numbers, but there are 4 rows of 'H'");
  q = good;
  q.b.conservativeResize(1);
  EXPECT_EQ(failure(file_of(q)), ": 'b' has 1 numbers, but there are 2 rows of 'A'");
  q = good;
  q.b(1) = std::nan("");
  EXPECT_EQ(failure(file_of(q)), ": 'b' has a number that is not finite");
  q = good;
  q.A(1, 2) = std::numeric_limits<double>::infinity();
  EXPECT_EQ(failure(file_of(q)), ": 'A'[1, 2] is not finite");
  EXPECT_EQ(failure(Hdf5File({{"H", {{1}}}, {"A", {{1}}}}, {{"h", {1}}})),
            ": has no dataset 'b'; it has 'A', 'H', 'h'");
  EXPECT_EQ(failure(Hdf5File({{"H", {{1}}}})), ": has no dataset 'A'; it has 'H'");
  EXPECT_EQ(failure(Hdf5File({{"A", {{1}}}}, {{"H", {1}}, {"h", {1}}, {"b", {1}}})),
            ": 'H' is not a matrix of numbers");
  const ScratchFile text("1 2 3\n");
  EXPECT_THAT(failure_of<DataError>("lagrangian-qp", text.path(), 2), HasSubstr("not an HDF5 file"));
  EXPECT_THAT(failure_of<DataError>("lagrangian-qp", "/nowhere/q.h5", 2), HasSubstr("/nowhere/q.h5"));
  const auto file = file_of(good);
  EXPECT_THAT(failure_of<UsageError>("lagrangian-qp:size=4", file.path()), HasSubstr("give one of the two"));
}

}  // namespace
}  // namespace vireo::test
