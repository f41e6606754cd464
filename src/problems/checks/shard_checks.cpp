#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>

#include "problems/checks/trial.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems::checks {
namespace {

using Fault = Trial::Fault;

bool same_bits(ConstView a, ConstView b) { return std::memcmp(a.data(), b.data(), 8 * a.size()) == 0; }

/// ", component 17", where components are given one by one and one of the worker's is `wrong`
template <class Wrong>
std::string component_of(const Trial& trial, Index worker, const Wrong& wrong) {
  const auto* const by_component = dynamic_cast<const ComponentProblem*>(&trial.problem);
  if (by_component == nullptr) return "";
  const Range all = part_of(trial.problem.components(), trial.problem.layout().workers(), worker);
  for (Index i = all.begin; i < all.end; ++i)
    if (wrong(*by_component, i)) return ", component " + std::to_string(i);
  return "";
}

std::string differ(ConstView a, ConstView b) {
  for (Index j = 0; j < a.size(); ++j)
    if (std::bit_cast<std::uint64_t>(a[j]) != std::bit_cast<std::uint64_t>(b[j]))
      return ": coordinate " + std::to_string(j) + " is " + text_of(a[j]) + " and then " + text_of(b[j]) + ", " +
             text_of(std::abs(a[j] - b[j])) + " apart";
  return "";
}

Fault fault_of_values(Trial& trial, Index m) {
  Vector F(trial.problem.dimension()), F_i(F.size());
  for (const auto& z : trial.points.all) {
    // what is not written stays what it was
    std::ranges::fill(F, std::numeric_limits<double>::quiet_NaN());
    trial.mean(m, z, F);
    if (kernels::all_finite(F)) continue;
    const auto where = component_of(trial, m, [&](const ComponentProblem& problem, Index i) {
      std::ranges::fill(F_i, std::numeric_limits<double>::quiet_NaN());
      problem.component(i, z, F_i);
      return !kernels::all_finite(F_i);
    });
    return where + ": F is not finite, or not written, at z = " + text_of(z) + ", |z| = " + text_of(kernels::norm(z));
  }
  return std::nullopt;
}

Fault fault_of_repetition(Trial& trial, Index m) {
  Vector first(trial.problem.dimension()), second(first.size());
  for (const Index p : {0, 1}) {
    const auto& z = trial.points.all[p];
    trial.mean(m, z, first);  // an earlier call may be remembered here, which is another fault
    trial.mean(m, z, first);
    trial.mean(m, z, second);
    if (same_bits(first, second)) continue;
    const auto where = component_of(trial, m, [&](const ComponentProblem& problem, Index i) {
      problem.component(i, z, first);
      problem.component(i, z, first);
      problem.component(i, z, second);
      return !same_bits(first, second);
    });
    return where + " at the same z" + differ(first, second);
  }
  return std::nullopt;
}

Fault fault_of_memory(Trial& trial, Index m) {
  const auto& z = trial.points.all[1];
  const auto& elsewhere = trial.points.all[2];
  Vector first(z.size()), second(z.size()), other(z.size());
  trial.mean(m, z, first);
  for (const Index p : {2, 0, 3}) trial.mean(m, trial.points.all[p], other);
  const Index one = 0;
  if (trial.shard(m).components() > 0) trial.batch_mean(m, {&one, 1}, elsewhere, other);
  trial.mean(m, z, second);
  if (same_bits(first, second)) return std::nullopt;
  const auto where = component_of(trial, m, [&](const ComponentProblem& problem, Index i) {
    problem.component(i, z, first);
    problem.component(i, elsewhere, other);
    problem.component(i, z, second);
    return !same_bits(first, second);
  });
  return where + " at the same z, with evaluations elsewhere in between" + differ(first, second);
}

std::vector<Index> all_of(const Shard& shard) {
  std::vector<Index> all(shard.components());
  std::iota(all.begin(), all.end(), Index{0});
  return all;
}

/// The largest of some components, in which sums of them may cancel
double size_of_components(Trial& trial, Index m, ConstView z) {
  Vector F_i(z.size());
  double largest = 0;
  const Index r = trial.shard(m).components();
  const Index step = std::max<Index>(1, r / 16);
  for (Index i = 0; i < r; i += step) {
    trial.batch_mean(m, {&i, 1}, z, F_i);
    largest = std::max(largest, kernels::norm(F_i));
  }
  return largest;
}

Fault fault_of_batches(Trial& trial, Index m) {
  const auto& shard = trial.shard(m);
  if (shard.components() == 0) return std::nullopt;
  const auto& z = trial.points.all[1];
  const double share = trial.share_of(m);
  const double size = size_of_components(trial, m, z);
  Vector a(z.size()), b(z.size()), expected(z.size());
  if (shard.drawn_share() == 0) {
    trial.mean(m, z, expected);
    trial.batch_mean(m, all_of(shard), z, a);
    kernels::scale(share, a);
    if (!close(expected, a, share * size))
      return ": the batch of all its components times M r/n is " + text_of(kernels::distance(expected, a)) +
             " away from the mean";
  }
  const std::vector<Index> batch{0, shard.components() - 1, 0};
  trial.batch_mean(m, std::span(batch).first(1), z, a);
  trial.batch_mean(m, std::span(batch).subspan(1, 1), z, b);
  kernels::combine(2.0 / 3, a, 1.0 / 3, b, expected);
  trial.batch_mean(m, batch, z, a);
  if (close(expected, a, size)) return std::nullopt;
  return ": a batch in which a component repeats is " + text_of(kernels::distance(expected, a)) +
         " away from the mean of its components";
}

Fault fault_of_pairs(Trial& trial, Index m) {
  const auto& shard = trial.shard(m);
  const auto& u = trial.points.all[1];
  const auto& v = trial.points.all[2];
  Vector of_u(u.size()), of_v(u.size()), pair_u(u.size()), pair_v(u.size());
  const double size = size_of_components(trial, m, u) + size_of_components(trial, m, v);
  trial.mean(m, u, of_u);
  trial.mean(m, v, of_v);
  trial.mean_pair(m, u, v, pair_u, pair_v);
  const auto apart = [&] {
    return text_of(std::max(kernels::distance(of_u, pair_u), kernels::distance(of_v, pair_v))) + " away from ";
  };
  if (!close(of_u, pair_u, size) || !close(of_v, pair_v, size)) return ": mean_pair is " + apart() + "mean";
  if (shard.components() == 0) return std::nullopt;
  const std::vector<Index> batch{0, shard.components() / 2};
  trial.batch_mean(m, batch, u, of_u);
  trial.batch_mean(m, batch, v, of_v);
  trial.batch_mean_pair(m, batch, u, v, pair_u, pair_v);
  if (!close(of_u, pair_u, size) || !close(of_v, pair_v, size)) return ": batch_mean_pair is " + apart() + "batch_mean";
  return std::nullopt;
}

}  // namespace

bool check_values(Trial& trial) {
  const auto points = "at " + std::to_string(trial.points.all.size()) + " points of the domain of g";
  const bool function =
      trial.of_workers(
          "finite", [&](Index m) { return fault_of_values(trial, m); }, points) &&
      trial.of_workers(
          "deterministic", [&](Index m) { return fault_of_repetition(trial, m); }, "twice the same bits") &&
      trial.of_workers(
          "no memory of earlier calls", [&](Index m) { return fault_of_memory(trial, m); },
          "the same bits after evaluations elsewhere");
  if (!function)
    trial.skip("other properties", "F must be a function of z, with finite values, before they have a sense");
  return function;
}

void check_forms(Trial& trial) {
  trial.of_workers("batches agree with the mean", [&](Index m) { return fault_of_batches(trial, m); });
  trial.of_workers("pairs agree with the mean", [&](Index m) { return fault_of_pairs(trial, m); });
}

}  // namespace vireo::problems::checks
