#include "cournot.hpp"

#include <numeric>
#include <string>

#include "vireo/core/random.hpp"
#include "vireo/regularizers/sets.hpp"

namespace {

/// The firms' and the scenarios' data: a function of the seed, so that every rank has the same.
vireo::random::Stream draws(vireo::Index seed, std::uint64_t which) {
  return vireo::random::Stream({.seed = seed, .purpose = vireo::random::Purpose::problem}, which);
}

}  // namespace

Cournot::Cournot(const vireo::Parameters& parameters, const vireo::ProblemContext& context)
    : ComponentProblem(context, parameters.integer("firms"), parameters.integer("scenarios")),
      congestion_(parameters.real("congestion")) {
  auto demand = draws(parameters.integer("seed"), 0);
  for (vireo::Index i = 0; i < components(); ++i) {
    const double a = 20 + 10 * demand.uniform();
    const double b = 0.5 + demand.uniform();
    scenarios_.push_back({a, b});
  }
  auto costs = draws(parameters.integer("seed"), 1);
  for (vireo::Index j = 0; j < dimension(); ++j) unit_costs_.push_back(2 + 2 * costs.uniform());
}

void Cournot::component(vireo::Index i, vireo::ConstView q, vireo::View out) const {
  const auto [a, b] = scenarios_[i];
  const double Q = std::accumulate(q.begin(), q.end(), 0.0);
  for (vireo::Index j = 0; j < q.size(); ++j)
    out[j] = -a + b * (Q + q[j]) + unit_costs_[j] + congestion_ * q[j] * q[j] * q[j];
}

std::vector<vireo::RegularizerPointer> Cournot::own_regularizers() const { return {vireo::make_nonnegative()}; }

std::vector<std::string> Cournot::remarks() const {
  return {std::to_string(dimension()) + " firms, " + std::to_string(components()) + " demand scenarios"};
}

void register_cournot(vireo::Registry& registry) {
  vireo::ProblemPlugIn plug;
  plug.name = "cournot";
  plug.summary = "firms choose their output before they know the demand (Cournot competition, sample average)";
  plug.formula = "F_i(q)_j = -a_i + b_i (sum_k q_k + q_j) + c_j + congestion q_j^3 on q >= 0";
  plug.reference = "Cournot, Recherches sur les principes mathematiques de la theorie des richesses, 1838";
  plug.parameters = {
      vireo::Parameter::integer("firms", "10", "N, the dimension", 1),
      vireo::Parameter::integer("scenarios", "200", "n, the number of components", 1),
      vireo::Parameter::real("congestion", "0.5", "how steeply costs rise with output", 0, 1e6),
      vireo::Parameter::integer("seed", "0", "of the random demands and costs", 0),
  };
  plug.default_workers = 16;
  plug.make = [](const vireo::Parameters& parameters, const vireo::ProblemContext& context) {
    return std::make_unique<Cournot>(parameters, context);
  };
  registry.problems.add(std::move(plug));
}
