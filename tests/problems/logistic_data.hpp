#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <mutex>
#include <numeric>
#include <string>
#include <vector>

#include "io/libsvm_files.hpp"
#include "support/worlds.hpp"
#include "vireo/app/registry.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/random.hpp"
#include "vireo/exchange/exchange.hpp"

namespace vireo::test {

/// Random sparse rows, as text and as dense rows.
struct GeneratedData {
  std::vector<Vector> rows;
  std::vector<double> labels;
  std::string text;
};

inline GeneratedData generate(Index rows, Index features, double density, std::uint64_t seed = 1) {
  random::Stream stream({.seed = seed});
  GeneratedData data;
  for (Index i = 0; i < rows; ++i) {
    Vector row(features, 0.0);
    const double label = i % 3 == 0 ? 2 : -1;
    data.text += format_real(label);
    for (Index j = 0; j < features; ++j) {
      // the last feature always occurs, so that the number of features is known
      if (stream.uniform() > density && !(i == 0 && j + 1 == features)) continue;
      row[j] = std::round(2000 * stream.uniform() - 1000) / 500;
      data.text += " " + std::to_string(j + 1) + ":" + format_real(row[j]);
    }
    data.text += "\n";
    data.rows.push_back(std::move(row));
    data.labels.push_back(label);
  }
  return data;
}

inline ProblemPointer make_problem(Communicator& comm, const std::string& text, Index workers,
                                   const std::string& path) {
  static const Registry registry = [] {
    Registry all;
    register_problems(all);
    return all;
  }();
  const Spec spec = Spec::parse(text);
  const auto& plug = registry.problems.find(spec.name);
  return plug.make(Parameters("problem", spec, plug.parameters),
                   ProblemContext(comm, workers, plug.default_workers, path));
}

/// Runs `body` with the problem on one simulated rank.
inline void with_problem(const std::string& spec, Index workers, const std::string& data,
                         const std::function<void(const Problem&, Exchange&)>& body, int ranks = 1) {
  const ScratchFile file(data);
  on_simulated(ranks, [&](Communicator& comm) {
    const auto problem = make_problem(comm, spec, workers, file.path());
    Exchange exchange(comm, problem->layout(), problem->dimension(), 0);
    body(*problem->operators(), exchange);
  });
}

inline Vector random_point(Index d, std::uint64_t seed, double scale = 1) {
  Vector z(d);
  random::normals({.seed = seed}, 0, z);
  kernels::scale(scale, z);
  return z;
}

inline Vector mean_of(const Problem& problem, Exchange& exchange, ConstView z) {
  Vector out(z.size());
  exchange.mean([&](Index m, View x) { problem.shard(m).mean(z, x); }, out);
  return out;
}

inline std::vector<Index> all_of(const Shard& shard) {
  std::vector<Index> batch(shard.components());
  std::iota(batch.begin(), batch.end(), Index{0});
  return batch;
}

inline double relative_distance(ConstView x, ConstView y) {
  return std::sqrt(kernels::squared_distance(x, y) / kernels::squared_norm(y));
}

/// The pair forms give the bits of two single ones, for all rows and for batches; a batch of all components is the
/// mean.
inline void expect_consistent_forms(const Shard& shard, Index d, Index all_components) {
  const Vector u = random_point(d, 1, 0.3);
  const Vector v = random_point(d, 2, 0.3);
  Vector single_u(d), single_v(d), pair_u(d), pair_v(d);
  shard.mean(u, single_u);
  shard.mean(v, single_v);
  shard.mean_pair(u, v, pair_u, pair_v);
  EXPECT_EQ(single_u, pair_u);
  EXPECT_EQ(single_v, pair_v);

  const auto all = all_of(shard);
  if (all.size() == all_components) {
    shard.batch_mean(all, u, pair_u);
    EXPECT_LT(relative_distance(pair_u, single_u), 1e-14);
  }
  const Index n = shard.components();
  for (const auto& batch : {all, std::vector<Index>{n - 1}, std::vector<Index>{n / 2, 0, n - 1, 0}}) {
    shard.batch_mean(batch, u, single_u);
    shard.batch_mean(batch, v, single_v);
    shard.batch_mean_pair(batch, u, v, pair_u, pair_v);
    EXPECT_EQ(single_u, pair_u);
    EXPECT_EQ(single_v, pair_v);
  }
}

/// All numbers of the constants in one list, 0 for those not known
inline std::vector<double> numbers(const Constants& c) {
  std::vector<double> list;
  for (const auto& constant : {c.L, c.L_tilde, c.L_component, c.mu, c.cocoercivity, c.cocoercivity_component})
    list.push_back(constant ? constant->value : 0);
  return list;
}

/// The constants hold for all pairs of the points (on one rank): F's, the workers' in root mean square, the components'
/// in mean square, drawn uniformly.
inline void expect_constants_bind(const Problem& problem, Exchange& exchange, const Constants& constants,
                                  const std::vector<Vector>& points) {
  ASSERT_TRUE(constants.L && constants.L_tilde && constants.L_component);
  const Index d = problem.dimension();
  const Index workers = problem.layout().workers();
  std::vector<double> worker_L(workers, 0.0);
  Vector a(d), b(d);
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Vector& u = points[i];
    const Vector& v = points[i + 1];
    Vector step(d), change(d);
    kernels::subtract(u, v, step);
    kernels::subtract(mean_of(problem, exchange, u), mean_of(problem, exchange, v), change);
    const double length = kernels::norm(step);
    const double product = kernels::dot(change, step);
    EXPECT_LE(kernels::norm(change), constants.L->value * length * (1 + 1e-12));
    if (constants.mu) {
      EXPECT_GE(product, (constants.mu->value * (1 - 1e-10)) * length * length);
    }
    if (constants.cocoercivity) {
      EXPECT_GE(product * constants.cocoercivity->value * (1 + 1e-10), kernels::squared_norm(change));
    }

    double component_squares = 0;
    for (Index m = 0; m < workers; ++m) {
      const Shard& shard = problem.shard(m);
      shard.mean(u, a);
      shard.mean(v, b);
      worker_L[m] = std::max(worker_L[m], std::sqrt(kernels::squared_distance(a, b)) / length);
      for (const Index component : all_of(shard)) {
        shard.batch_mean_pair(std::span(&component, 1), u, v, a, b);
        component_squares += kernels::squared_distance(a, b);
      }
    }
    EXPECT_LE(std::sqrt(component_squares / static_cast<double>(problem.components())),
              constants.L_component->value * length * (1 + 1e-12));
    if (constants.cocoercivity_component) {
      EXPECT_GE(product * constants.cocoercivity_component->value * (1 + 1e-10),
                component_squares / static_cast<double>(problem.components()));
    }
  }
  double squares = 0;
  for (const double L : worker_L) squares += L * L;
  EXPECT_LE(std::sqrt(squares / static_cast<double>(workers)), constants.L_tilde->value * (1 + 1e-12));
  EXPECT_LE(constants.L->value, constants.L_tilde->value * (1 + 1e-6));
}

/// The constants that the problem knows itself
inline void expect_constants_bind(const Problem& problem, Exchange& exchange, const std::vector<Vector>& points) {
  expect_constants_bind(problem, exchange, problem.constants(exchange), points);
}

/// Constants have the same bits for any number of ranks.
inline void expect_same_constants_on_any_ranks(const std::string& spec, Index workers, const std::string& data) {
  std::vector<double> reference;
  with_problem(spec, workers, data,
               [&](const Problem& problem, Exchange& exchange) { reference = numbers(problem.constants(exchange)); });
  for (const int ranks : {2, 3, 5})
    with_problem(
        spec, workers, data,
        [&](const Problem& problem, Exchange& exchange) { EXPECT_EQ(numbers(problem.constants(exchange)), reference); },
        ranks);
}

/// F is the same for any number of workers and either partition, up to rounding.
inline void expect_independent_of_workers(const std::string& spec, const std::string& data) {
  Vector reference;
  for (const auto* partition : {"contiguous", "shuffled"}) {
    for (const Index workers : std::vector<Index>{1, 3, 16, 37}) {
      with_problem(spec + ",partition=" + partition, workers, data, [&](const Problem& problem, Exchange& exchange) {
        const Vector F = mean_of(problem, exchange, random_point(problem.dimension(), 3, 0.3));
        if (reference.empty()) reference = F;
        EXPECT_LT(relative_distance(F, reference), 1e-13);
      });
    }
  }
}

/// The text of the error that making the problem ends with
template <class Failure>
std::string error_of_making(const std::string& spec, Index workers, const std::string& data, int ranks = 1) {
  try {
    with_problem(
        spec, workers, data, [](const Problem&, Exchange&) {}, ranks);
  } catch (const Failure& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace vireo::test
