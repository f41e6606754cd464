#include "problems/in_context.hpp"
#include "problems/not_finite.hpp"
#include "vireo/methods/method.hpp"

namespace vireo {

void Oracle::mean(Index worker, ConstView z, View out) const {
  const auto& shard = F_->shard(worker);
  problems::of_worker(worker, [&] { shard.mean(z, out); });
  problems::look_for_cause(*F_, exchange_, worker, z, out);
  exchange_.ledger().oracle_calls += static_cast<std::int64_t>(shard.components());
}

void Oracle::mean_pair(Index worker, ConstView u, ConstView v, View out_u, View out_v) const {
  const auto& shard = F_->shard(worker);
  problems::of_worker(worker, [&] { shard.mean_pair(u, v, out_u, out_v); });
  problems::look_for_cause(*F_, exchange_, worker, u, out_u);
  problems::look_for_cause(*F_, exchange_, worker, v, out_v);
  exchange_.ledger().oracle_calls += 2 * static_cast<std::int64_t>(shard.components());
}

double Oracle::share_of(Index worker) const {
  const auto& shard = F_->shard(worker);
  if (shard.drawn_share() > 0) return shard.drawn_share();
  return static_cast<double>(problem_.layout().workers()) * static_cast<double>(shard.components()) /
         static_cast<double>(problem_.components());
}

void Oracle::batch_mean(Index worker, std::span<const Index> batch, ConstView z, View out) const {
  problems::of_worker(worker, [&] { F_->shard(worker).batch_mean(batch, z, out); });
  problems::look_for_cause(*F_, exchange_, worker, batch, z, out);
  exchange_.ledger().oracle_calls += static_cast<std::int64_t>(batch.size());
}

void Oracle::batch_mean_pair(Index worker, std::span<const Index> batch, ConstView u, ConstView v, View out_u,
                             View out_v) const {
  problems::of_worker(worker, [&] { F_->shard(worker).batch_mean_pair(batch, u, v, out_u, out_v); });
  problems::look_for_cause(*F_, exchange_, worker, batch, u, out_u);
  problems::look_for_cause(*F_, exchange_, worker, batch, v, out_v);
  exchange_.ledger().oracle_calls += 2 * static_cast<std::int64_t>(batch.size());
}

}  // namespace vireo
