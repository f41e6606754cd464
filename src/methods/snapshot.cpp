#include "methods/snapshot.hpp"

#include <algorithm>
#include <utility>

#include "methods/draw_number.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {
namespace {

/// The draws of an announcement are not those of the same iteration's round.
constexpr std::uint64_t announcements = std::uint64_t{1} << 63;

}  // namespace

Snapshot::Snapshot(const MethodContext& context, Keep keep, Announcer announcer)
    : context_(context), keep_(keep), announcer_(std::move(announcer)) {
  w_.assign(context_.exchange.dimension(), 0.0);
  F_w_ = change_ = w_;
  make_room();
}

/// For what the workers and the server keep
void Snapshot::make_room() {
  const auto& exchange = context_.exchange;
  if (announcer_.compresses()) {
    keep_ = Keep::worker_values;
    leftover_ = exchange.no_feedback();
  }
  if (keep_ == Keep::worker_values) Fm_w_ = WorkerVectors(exchange.workers(), exchange.dimension());
}

void Snapshot::move(ConstView z, std::int64_t k) {
  std::ranges::copy(z, w_.begin());
  moved_ = k;
  const auto every = announcer_.exact_every();
  if (announcer_.compresses() && (every == 0 || (since_exact_ >= 0 && since_exact_ + 1 < every))) {
    announce_compressed();
    if (every > 0) ++since_exact_;
    return;
  }
  announce_exactly(F_w_);
  since_exact_ = 0;
  if (announcer_.compresses()) owe_nothing();
}

void Snapshot::owe_nothing() {
  const auto [first, last] = context_.exchange.workers();
  for (Index m = first; m < last; ++m) std::ranges::fill(leftover_.workers[m], 0.0);
  std::ranges::fill(leftover_.server.values, 0.0);
}

bool Snapshot::exact() const { return !announcer_.compresses() || since_exact_ == 0; }

void Snapshot::announce_exactly(View F) {
  context_.exchange.mean(
      [&](Index m, View x) {
        context_.oracle.mean(m, w_, x);
        if (keep_ == Keep::worker_values) std::ranges::copy(x, Fm_w_[m].begin());
      },
      F);
}

void Snapshot::announce_compressed() {
  const Round round{
      .channel = announcer_.channel(), .iteration = announcements + draw_number(moved_), .feedback = &leftover_};
  // F_m(w^{k+1}) - F_m(w^k); with a_m it becomes F_m(w^{k+1}) - h_m
  context_.exchange.mean(
      round,
      [&](Index m, View x) {
        context_.oracle.mean(m, w_, x);
        const View known = Fm_w_[m];
        for (Index j = 0; j < x.size(); ++j) {
          const double F_j = x[j];
          x[j] -= known[j];
          known[j] = F_j;
        }
      },
      change_);
  kernels::axpy(1.0, change_, F_w_);
}

void Snapshot::subtract(Index worker, View D) const {
  kernels::axpy(-1.0, Fm_w_[worker], D);
  add_unannounced(worker, D);
}

void Snapshot::add_unannounced(Index worker, View D) const {
  if (announcer_.channel().uplink) kernels::axpy(1.0, leftover_.workers[worker], D);
}

std::optional<Certificate> Snapshot::certificate() const {
  if (!exact()) return std::nullopt;
  return Certificate{w_, F_w_, moved_};
}

void Snapshot::list_state(StateList& state) {
  state.scalar("refreshed", moved_);
  state.global("w", w_);
  announcer_.list_state(state);
  if (!announcer_.compresses()) return;
  if (announcer_.exact_every() > 0) state.scalar("since_exact", since_exact_);
  if (leftover_.workers.dimension() == 0) make_room();
  state.global("announced", F_w_);
  state.per_worker("unannounced", leftover_.workers);
  state.by_segment("unsent", leftover_.server);
}

void Snapshot::restore() {
  // where announcements are compressed, F(w) itself is not what all know
  announce_exactly(announcer_.compresses() ? change_ : F_w_);
}

}  // namespace vireo::methods
