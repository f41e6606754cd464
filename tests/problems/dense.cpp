#include "problems/dense.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/SVD>
#include <cmath>
#include <numeric>

#include "vireo/core/kernels.hpp"

namespace vireo::test {

Vector normal(Index d, std::uint64_t stream, double size) {
  Vector x(d);
  random::normals({.seed = 4, .purpose = random::Purpose::problem, .iteration = stream}, 0, x);
  kernels::scale(size, x);
  return x;
}

double distance(ConstView x, ConstView y) { return std::sqrt(kernels::squared_distance(x, y)); }

Eigen::VectorXd eigen(ConstView x) {
  return Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()));
}

Affine affine(Index d, const std::function<Vector(const Vector&)>& F) {
  const auto size = static_cast<Eigen::Index>(d);
  Affine out{Eigen::MatrixXd(size, size), eigen(F(Vector(d, 0.0)))};
  for (Index j = 0; j < d; ++j) {
    Vector e(d, 0.0);
    e[j] = 1;
    out.J.col(static_cast<Eigen::Index>(j)) = eigen(F(e)) - out.c;
  }
  return out;
}

Affine mean_operator(Assembly& run) {
  return affine(run.problem->dimension(), [&](const Vector& z) { return run.F(z); });
}

std::vector<Affine> estimates(const Assembly& run) {
  std::vector<Affine> out;
  const auto& problem = *run.problem->operators();
  for (Index m = 0; m < problem.layout().workers(); ++m)
    for (Index i = 0; i < problem.shard(m).components(); ++i)
      out.push_back(affine(problem.dimension(), [&](const Vector& z) {
        Vector E(z.size());
        problem.shard(m).batch_mean(std::span(&i, 1), z, E);
        return E;
      }));
  return out;
}

Eigen::VectorXd singular_values(const Eigen::MatrixXd& J) { return J.jacobiSvd().singularValues(); }
double largest_singular_value(const Eigen::MatrixXd& J) { return singular_values(J)(0); }
Eigen::VectorXd solve(const Eigen::MatrixXd& J, const Eigen::VectorXd& b) { return J.fullPivLu().solve(b); }
Eigen::MatrixXd gram(const Eigen::MatrixXd& J) { return J.transpose() * J; }
Eigen::VectorXd eigenvalues(const Eigen::MatrixXd& S) {
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(S).eigenvalues();
}

void expect_pairs_are_two_singles(const Problem& problem) {
  const Index d = problem.dimension();
  const Vector u = normal(d, 1), v = normal(d, 2);
  Vector single_u(d), single_v(d), pair_u(d), pair_v(d);
  for (Index m = 0; m < problem.layout().workers(); ++m) {
    const auto& shard = problem.shard(m);
    shard.mean(u, single_u);
    shard.mean(v, single_v);
    shard.mean_pair(u, v, pair_u, pair_v);
    EXPECT_EQ(single_u, pair_u);
    EXPECT_EQ(single_v, pair_v);
    const Index n = shard.components();
    std::vector<Index> all(n);
    std::iota(all.begin(), all.end(), Index{0});
    for (const auto& batch : {all, std::vector<Index>{n - 1}, std::vector<Index>{n / 2, 0, n - 1, 0, n / 2}}) {
      shard.batch_mean(batch, u, single_u);
      shard.batch_mean(batch, v, single_v);
      shard.batch_mean_pair(batch, u, v, pair_u, pair_v);
      EXPECT_EQ(single_u, pair_u);
      EXPECT_EQ(single_v, pair_v);
    }
  }
}

void expect_shards_agree(Assembly& run, const std::vector<double>& p) {
  const auto& problem = *run.problem->operators();
  const auto E = estimates(run);
  ASSERT_EQ(E.size(), p.size());
  const auto d = static_cast<Eigen::Index>(problem.dimension());
  const Index M = problem.layout().workers();
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(d, d);
  std::size_t k = 0;
  for (Index m = 0; m < M; ++m) {
    const auto& shard = dynamic_cast<const AffineShard&>(problem.shard(m));
    Affine mean{Eigen::MatrixXd::Zero(d, d), Eigen::VectorXd::Zero(d)};
    Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(d, d);
    EXPECT_EQ(shard.components(), part_of(problem.components(), M, m).size());
    for (Index i = 0; i < shard.components(); ++i, ++k) {
      const double weight = static_cast<double>(M) * p[k];
      mean.J += weight * E[k].J;
      mean.c += weight * E[k].c;
      squares += weight * E[k].J.transpose() * E[k].J;
    }
    gram += squares / static_cast<double>(M);
    const Vector v = normal(problem.dimension(), 7 + m);
    Vector out(problem.dimension());
    const double size = mean.J.norm() + 1e-300;
    shard.mean(v, out);
    EXPECT_LT((eigen(out) - (mean.J * eigen(v) + mean.c)).norm(), 1e-13 * (size * eigen(v).norm() + mean.c.norm()));
    shard.apply(v, out);
    EXPECT_LT((eigen(out) - mean.J * eigen(v)).norm(), 1e-13 * size * eigen(v).norm());
    shard.apply_transpose(v, out);
    EXPECT_LT((eigen(out) - mean.J.transpose() * eigen(v)).norm(), 1e-13 * size * eigen(v).norm());
    shard.apply_mean_gram(v, out);
    EXPECT_LT((eigen(out) - squares * eigen(v)).norm(), 1e-13 * squares.norm() * eigen(v).norm());
  }
  EXPECT_NEAR(run.constants.L_component->value, std::sqrt(eigenvalues(gram).tail(1)(0)),
              1e-7 * run.constants.L_component->value);
}

void expect_constants_of_the_matrix(Assembly& run) {
  const auto F = mean_operator(run);
  const Eigen::MatrixXd S = (F.J + F.J.transpose()) / 2;
  const double L = largest_singular_value(F.J);
  const auto& constants = run.constants;
  EXPECT_EQ(constants.L->origin, Origin::computed);
  EXPECT_NEAR(constants.L->value, L, 1e-7 * L);
  EXPECT_NEAR(constants.mu->value, eigenvalues(S)(0), 1e-7 * L);
  double squares = 0;
  const Index M = run.problem->layout().workers();
  for (Index m = 0; m < M; ++m) {
    const auto local = affine(run.problem->dimension(), [&](const Vector& z) {
      Vector out(z.size());
      run.problem->operators()->shard(m).mean(z, out);
      return out;
    });
    squares += std::pow(largest_singular_value(local.J), 2) / static_cast<double>(M);
  }
  EXPECT_NEAR(constants.L_tilde->value, std::sqrt(squares), 1e-4 * std::sqrt(squares));
  if (constants.cocoercivity) {  // S - J'J / ell is positive semidefinite
    const Eigen::MatrixXd bound = F.J.transpose() * F.J / constants.cocoercivity->value;
    EXPECT_GE(eigenvalues(S - bound)(0), -1e-9 * L);
  }
}

void expect_same_bits_on_any_ranks(const std::string& problem, const std::string& data) {
  Vector reference;
  std::vector<double> constants;
  for (const int ranks : {1, 2, 3, 5, 8})
    on_simulated(ranks, [&](Communicator& comm) {
      Assembly run(comm, problem, "extragradient", "none", "none", 1, 6, data);
      Criteria criteria;
      criteria.max_iterations = 12;
      criteria.tolerance = 0;
      const auto outcome = run.solve(criteria);
      const auto& c = run.constants;
      const std::vector<double> found{c.L->value,
                                      c.L_tilde->value,
                                      c.L_component ? c.L_component->value : 0,
                                      c.mu ? c.mu->value : 0,
                                      outcome.residual,
                                      std::isnan(outcome.gap) ? 0 : outcome.gap};
      if (comm.rank() != 0) return;
      if (reference.empty()) {
        reference = outcome.solution;
        constants = found;
      }
      EXPECT_EQ(outcome.solution, reference) << problem << " on " << ranks;
      EXPECT_EQ(found, constants) << problem << " on " << ranks;
    });
}

}  // namespace vireo::test
