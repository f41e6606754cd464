#pragma once

#include <memory>
#include <vector>

#include "vireo/plugins/registry.hpp"
#include "vireo/problems/component_problem.hpp"

/// Cournot competition with uncertain demand. N firms choose how much of one product to make, q_1, ..., q_N >= 0,
/// before they know the demand: n scenarios are equally likely, and in scenario i a total of Q = q_1 + ... + q_N sells
/// at
///
///     p_i(Q) = a_i - b_i Q.
///
/// Firm j pays C_j(q) = c_j q + congestion q^4 / 4 and maximises its expected profit. At an equilibrium no firm gains
/// by a change of its own: the variational inequality on {q >= 0} with F = (1/n) sum_i F_i,
///
///     F_i(q)_j = -d/dq_j (p_i(Q) q_j - C_j(q_j)) = -a_i + b_i (Q + q_j) + c_j + congestion q_j^3.
///
/// F is strongly monotone with mu = mean b_i. It is not affine, and its Lipschitz constant grows with q, so the class
/// declares none: Vireo estimates it.
class Cournot : public vireo::ComponentProblem {
 public:
  Cournot(const vireo::Parameters& parameters, const vireo::ProblemContext& context);

  void component(vireo::Index i, vireo::ConstView q, vireo::View out) const override;

  // Optional: what else this problem knows of itself. See vireo::Problem for all of it.
  std::vector<vireo::Block> blocks() const override { return {{"output", {0, dimension()}}}; }
  std::vector<vireo::RegularizerPointer> own_regularizers() const override;
  std::vector<std::string> remarks() const override;

 private:
  struct Demand {
    double a, b;
  };
  std::vector<Demand> scenarios_;
  std::vector<double> unit_costs_;
  double congestion_;
};

/// Makes `cournot` known to the command line.
void register_cournot(vireo::Registry& registry);
