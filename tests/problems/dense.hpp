#pragma once

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "support/assembly.hpp"
#include "support/worlds.hpp"

/// Affine problems as dense matrices, found from evaluations alone: what constants and forms are checked against.
namespace vireo::test {

Vector normal(Index d, std::uint64_t stream, double size = 1);
double distance(ConstView x, ConstView y);
Eigen::VectorXd eigen(ConstView x);

/// J and c of z -> J z + c
struct Affine {
  Eigen::MatrixXd J;
  Eigen::VectorXd c;
};

Affine affine(Index d, const std::function<Vector(const Vector&)>& F);
Affine mean_operator(Assembly& run);

/// The estimates E_k of all components, in order; on one rank
std::vector<Affine> estimates(const Assembly& run);

/// decreasing
Eigen::VectorXd singular_values(const Eigen::MatrixXd& J);
double largest_singular_value(const Eigen::MatrixXd& J);
/// J^{-1} b
Eigen::VectorXd solve(const Eigen::MatrixXd& J, const Eigen::VectorXd& b);
/// J'J
Eigen::MatrixXd gram(const Eigen::MatrixXd& J);
/// of a symmetric matrix, increasing
Eigen::VectorXd eigenvalues(const Eigen::MatrixXd& S);

/// The pair forms give the bits of two single ones, for all components of each worker and for batches
void expect_pairs_are_two_singles(const Problem& problem);

/// The affine forms of the shards are those of the operator: apply, its transpose, and the mean square of the
/// estimates, drawn with probabilities p; F = sum_k p_k E_k, and F_m = M sum_{k in shard m} p_k E_k. On one rank.
void expect_shards_agree(Assembly& run, const std::vector<double>& p);

/// The constants are those of the dense matrices.
void expect_constants_of_the_matrix(Assembly& run);

/// Solutions have the same bits for any number of ranks, also for more ranks than workers.
void expect_same_bits_on_any_ranks(const std::string& problem, const std::string& data = "");

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
