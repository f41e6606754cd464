#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "methods/cbo.hpp"
#include "methods/support.hpp"
#include "particles/swarm.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::test {

/// A problem `name` that minimises f on R^d, known to all specs from here on.
inline void add_objective(const std::string& name, Index dimension, const std::function<double(ConstView)>& f) {
  struct Function final : PointwiseObjective {
    explicit Function(std::function<double(ConstView)> g) : f(std::move(g)) {}
    [[nodiscard]] double at(ConstView z) const override { return f(z); }
    std::function<double(ConstView)> f;
  };
  for (const auto& known : registry().problems.entries())
    if (known.name == name) return;
  ProblemPlugIn plug;
  plug.name = name;
  plug.summary = plug.formula = plug.reference = "of a test";
  plug.default_workers = 1;
  plug.make = [dimension, f](const Parameters&, const ProblemContext& context) {
    return std::make_unique<ObjectiveProblem>(context, dimension, std::make_unique<Function>(f));
  };
  registry().problems.add(std::move(plug));
}

/// The measures of a method by name, as doubles
inline std::map<std::string, double> measures(const Method& method) {
  std::map<std::string, double> all;
  for (const auto& measure : method.measures())
    all[measure.name] = std::visit([](auto value) { return static_cast<double>(value); }, measure.value);
  return all;
}

/// What a run of a method came to.
struct Finished {
  Vector start;  ///< c_0
  Vector point;
  std::map<std::string, double> measures;
  Outcome outcome;
};

/// A run of `iterations` steps on one simulated rank, without a tolerance.
inline Finished run(const std::string& problem, const std::string& method, std::int64_t iterations,
                    std::uint64_t seed = 1, const RegularizerPointer& g = nullptr, double tolerance = 0) {
  Finished finished;
  on_simulated(1, [&](Communicator& comm) {
    Assembly assembly(comm, problem, method, "none", "none", seed, std::nullopt, "", g);
    assembly.method->start(assembly.z0);
    finished.start.assign(assembly.method->point().begin(), assembly.method->point().end());
    finished.outcome = assembly.solve({.tolerance = tolerance, .check_every = 10, .max_iterations = iterations});
    finished.point = finished.outcome.solution;
    finished.measures = measures(*assembly.method);
  });
  return finished;
}

/// max_j |x_j - to|
inline double distance(ConstView x, double to) {
  double largest = 0;
  for (const double value : x) largest = std::max(largest, std::abs(value - to));
  return largest;
}

}  // namespace vireo::test
