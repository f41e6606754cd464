#pragma once

#include <functional>
#include <optional>
#include <string>

#include "problems/checks/points.hpp"
#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/component_problem.hpp"

namespace vireo::problems::checks {

/// The operator under trial: its evaluations, counted, and what is found.
class Trial {
 public:
  Trial(const Problem& problem, Exchange& exchange, const Regularizer& g, ConstView z0);

  /// out = F_m(z), of a worker of this rank
  void mean(Index worker, ConstView z, View out);
  /// out = the estimate of F(z) from a batch, see Shard::batch_mean
  void batch_mean(Index worker, std::span<const Index> batch, ConstView z, View out);
  /// The same at u and at v, as the shard makes pairs
  void mean_pair(Index worker, ConstView u, ConstView v, View out_u, View out_v);
  void batch_mean_pair(Index worker, std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v);
  /// (M/n) sum_i ||F_i(u) - F_i(v)||^2 over the worker's components: its share of their mean, by the uniform law
  [[nodiscard]] double squares_of_components(Index worker, ConstView u, ConstView v);
  /// Collective: out = F(z). throws NotFinite
  void whole(ConstView z, View out);
  /// The worker's share in F: Oracle::share_of
  [[nodiscard]] double share_of(Index worker) const;
  /// True: evaluating each component by itself is not too dear.
  [[nodiscard]] bool few_components() const;

  /// What is wrong with a worker; empty: nothing
  using Fault = std::optional<std::string>;
  /// Collective: adds what is found of all workers: the fault of the lowest one that has any. An exception is a fault.
  /// False: it fails.
  bool of_workers(const std::string& property, const std::function<Fault(Index worker)>& look,
                  const std::string& where_it_holds = "");
  /// Adds what all ranks have found alike.
  void add(const std::string& property, const Fault& fault, const std::string& where_it_holds = "");
  void skip(const std::string& property, const std::string& why);

  [[nodiscard]] Exchange& exchange() { return exchange_; }
  [[nodiscard]] const Shard& shard(Index worker) const { return problem.shard(worker); }
  /// Collective
  [[nodiscard]] OperatorReport report();

  const Problem& problem;
  const Regularizer& g;
  Points points;

 private:
  Exchange& exchange_;
  std::vector<OperatorCheck> checks_;
  std::int64_t evaluations_ = 0;  ///< of this rank
};

/// ||a - b|| <= tolerance (||a|| + ||b|| + scale), or both are the same
[[nodiscard]] bool close(ConstView a, ConstView b, double scale, double tolerance = 1e-9);

// The properties. Each is collective and adds its lines.

/// The parts of the problem fit each other, and its set takes points.
void check_set(Trial& trial);
/// False: F is no function with finite values, and there is no sense in looking further.
[[nodiscard]] bool check_values(Trial& trial);
/// The other ways to ask a shard for the same values.
void check_forms(Trial& trial);
/// Monotone, and constants() not beaten; the problem's own solution is one.
void check_whole(Trial& trial);
/// What an affine operator says of itself.
void check_affine(Trial& trial);

}  // namespace vireo::problems::checks
