#include "problems/checks/trial.hpp"

#include <limits>

#include "comm/rank_ending.hpp"
#include "problems/in_context.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems::checks {

Trial::Trial(const Problem& of, Exchange& exchange, const Regularizer& regularizer, ConstView z0)
    : problem(of), g(regularizer), points(draw_points(regularizer, z0)), exchange_(exchange) {}

void Trial::mean(Index worker, ConstView z, View out) {
  of_worker(worker, [&] { shard(worker).mean(z, out); });
  evaluations_ += static_cast<std::int64_t>(shard(worker).components());
}

void Trial::batch_mean(Index worker, std::span<const Index> batch, ConstView z, View out) {
  of_worker(worker, [&] { shard(worker).batch_mean(batch, z, out); });
  evaluations_ += static_cast<std::int64_t>(batch.size());
}

void Trial::mean_pair(Index worker, ConstView u, ConstView v, View out_u, View out_v) {
  of_worker(worker, [&] { shard(worker).mean_pair(u, v, out_u, out_v); });
  evaluations_ += 2 * static_cast<std::int64_t>(shard(worker).components());
}

void Trial::batch_mean_pair(Index worker, std::span<const Index> batch, ConstView u, ConstView v, View out_u,
                            View out_v) {
  of_worker(worker, [&] { shard(worker).batch_mean_pair(batch, u, v, out_u, out_v); });
  evaluations_ += 2 * static_cast<std::int64_t>(batch.size());
}

double Trial::squares_of_components(Index worker, ConstView u, ConstView v) {
  Vector of_u(u.size()), of_v(u.size());
  double squares = 0;
  for (Index i = 0; i < shard(worker).components(); ++i) {
    batch_mean_pair(worker, {&i, 1}, u, v, of_u, of_v);
    squares += kernels::squared_distance(of_u, of_v);
  }
  return squares * static_cast<double>(problem.layout().workers()) / static_cast<double>(problem.components());
}

void Trial::whole(ConstView z, View out) {
  exchange_.mean([&](Index m, View x) { mean(m, z, x); }, out);
}

double Trial::share_of(Index worker) const {
  if (const double drawn = shard(worker).drawn_share(); drawn > 0) return drawn;
  return static_cast<double>(problem.layout().workers()) * static_cast<double>(shard(worker).components()) /
         static_cast<double>(problem.components());
}

bool Trial::few_components() const {
  return static_cast<double>(problem.components()) * static_cast<double>(problem.dimension()) <= 5e7;
}

bool Trial::of_workers(const std::string& property, const std::function<Fault(Index worker)>& look,
                       const std::string& where_it_holds) {
  constexpr auto nobody = std::numeric_limits<std::int64_t>::max();
  auto mine = nobody;
  std::string text;
  const Range workers = exchange_.workers();
  for (Index m = workers.begin; m < workers.end && mine == nobody; ++m) {
    Fault fault;
    try {
      fault = look(m);
      if (fault) fault = "worker " + std::to_string(m) + *fault;
    } catch (...) {
      fault = comm::text_of(std::current_exception());
    }
    if (!fault) continue;
    mine = static_cast<std::int64_t>(m);
    text = *fault;
  }
  auto& comm = exchange_.communicator();
  const auto first = combine(comm, mine, Reduction::minimum);
  if (first == nobody) {
    add(property, std::nullopt, where_it_holds);
    return true;
  }
  add(property, broadcast(comm, text, static_cast<int>(exchange_.layout().rank_of(static_cast<Index>(first)))));
  return false;
}

void Trial::add(const std::string& property, const Fault& fault, const std::string& where_it_holds) {
  checks_.push_back({.property = property,
                     .verdict = fault ? OperatorCheck::Verdict::fails : OperatorCheck::Verdict::holds,
                     .finding = fault.value_or(where_it_holds)});
}

void Trial::skip(const std::string& property, const std::string& why) {
  checks_.push_back({.property = property, .verdict = OperatorCheck::Verdict::not_looked_at, .finding = why});
}

OperatorReport Trial::report() {
  return {.checks = checks_, .evaluations = combine(exchange_.communicator(), evaluations_, Reduction::sum)};
}

bool close(ConstView a, ConstView b, double scale, double tolerance) {
  return kernels::distance(a, b) <= tolerance * (kernels::norm(a) + kernels::norm(b) + scale);
}

}  // namespace vireo::problems::checks
