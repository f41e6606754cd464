#pragma once

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "support/assembly.hpp"
#include "support/worlds.hpp"
#include "vireo/core/kernels.hpp"

/// Affine problems as dense matrices, found from evaluations alone: what constants and forms are checked against.
namespace vireo::test {

inline Vector normal(Index d, std::uint64_t stream, double size = 1) {
  Vector x(d);
  random::normals({.seed = 4, .purpose = random::Purpose::problem, .iteration = stream}, 0, x);
  kernels::scale(size, x);
  return x;
}

inline double distance(ConstView x, ConstView y) { return std::sqrt(kernels::squared_distance(x, y)); }

inline Eigen::VectorXd eigen(ConstView x) {
  return Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()));
}

/// J and c of z -> J z + c
struct Affine {
  Eigen::MatrixXd J;
  Eigen::VectorXd c;
};

template <class Operator>
Affine affine(Index d, const Operator& F) {
  const auto size = static_cast<Eigen::Index>(d);
  Affine out{Eigen::MatrixXd(size, size), eigen(F(Vector(d, 0.0)))};
  for (Index j = 0; j < d; ++j) {
    Vector e(d, 0.0);
    e[j] = 1;
    out.J.col(static_cast<Eigen::Index>(j)) = eigen(F(e)) - out.c;
  }
  return out;
}

inline Affine mean_operator(Assembly& run) {
  return affine(run.problem->dimension(), [&](const Vector& z) { return run.F(z); });
}

/// The estimates E_k of all components, in order; on one rank
inline std::vector<Affine> estimates(const Assembly& run) {
  std::vector<Affine> out;
  const auto& problem = *run.problem;
  for (Index m = 0; m < problem.layout().workers(); ++m)
    for (Index i = 0; i < problem.shard(m).components(); ++i)
      out.push_back(affine(problem.dimension(), [&](const Vector& z) {
        Vector E(z.size());
        problem.shard(m).batch_mean(std::span(&i, 1), z, E);
        return E;
      }));
  return out;
}

inline double largest_singular_value(const Eigen::MatrixXd& J) { return J.jacobiSvd().singularValues()(0); }
inline Eigen::VectorXd eigenvalues(const Eigen::MatrixXd& S) {
  return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(S).eigenvalues();
}

/// The pair forms give the bits of two single ones, for all components of each worker and for batches
inline void expect_pairs_are_two_singles(const Problem& problem) {
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

/// The affine forms of the shards are those of the operator: apply, its transpose, and the mean square of the
/// estimates, drawn with probabilities p; F = sum_k p_k E_k, and F_m = M sum_{k in shard m} p_k E_k. On one rank.
inline void expect_shards_agree(Assembly& run, const std::vector<double>& p) {
  const auto& problem = *run.problem;
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

/// The constants are those of the dense matrices.
inline void expect_constants_of_the_matrix(Assembly& run) {
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
      run.problem->shard(m).mean(z, out);
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

/// Solutions have the same bits for any number of ranks, also for more ranks than workers.
inline void expect_same_bits_on_any_ranks(const std::string& problem, const std::string& data = "") {
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

/// The text of the error of type Failure that making the problem ends with, the same on all ranks
template <class Failure>
std::string failure_of(const std::string& problem, const std::string& data = "", int ranks = 1,
                       std::optional<Index> workers = std::nullopt) {
  try {
    on_simulated(ranks, [&](Communicator& comm) {
      const Assembly run(comm, problem, "extragradient", "none", "none", 1, workers, data);
    });
  } catch (const Failure& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another error: ") + error.what();
  }
  return "no error";
}

}  // namespace vireo::test
