#include "methods/snapshot.hpp"

#include <algorithm>

#include "methods/draw_number.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {
namespace {

/// The draws of an announcement are not those of the same iteration's round.
constexpr std::uint64_t announcements = std::uint64_t{1} << 63;

}  // namespace

Snapshot::Snapshot(const MethodContext& context, Keep keep, const CompressorPointer& compressor)
    : context_(context), keep_(keep), channel_{compressor, compressor} {
  const auto& exchange = context_.exchange;
  const Index d = exchange.dimension();
  w_.assign(d, 0.0);
  F_w_ = change_ = w_;
  if (keep_ == Keep::worker_values) Fm_w_ = WorkerVectors(exchange.workers(), d);
  if (channel_.uplink) leftover_ = exchange.no_feedback();
}

void Snapshot::move(ConstView z, std::int64_t k) {
  std::ranges::copy(z, w_.begin());
  moved_ = k;
  if (channel_.uplink)
    announce_compressed();
  else
    announce_exactly(F_w_);
}

void Snapshot::announce_exactly(View F) {
  context_.exchange.mean(
      [&](Index m, View x) {
        context_.oracle.mean(m, w_, x);
        if (keep_ == Keep::worker_values) std::ranges::copy(x, Fm_w_[m].begin());
      },
      F);
}

void Snapshot::announce_compressed() {
  const Round round{.channel = channel_, .iteration = announcements + draw_number(moved_), .feedback = &leftover_};
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
  if (channel_.uplink) kernels::axpy(1.0, leftover_.workers[worker], D);
}

std::optional<Certificate> Snapshot::certificate() const {
  if (channel_.uplink) return std::nullopt;
  return Certificate{w_, F_w_, moved_};
}

void Snapshot::list_state(StateList& state) {
  state.scalar("refreshed", moved_);
  state.global("w", w_);
  if (!channel_.uplink) return;
  state.global("announced", F_w_);
  state.per_worker("unannounced", leftover_.workers);
  state.by_segment("unsent", leftover_.server);
}

void Snapshot::restore() {
  // where announcements are compressed, F(w) itself is not what all know
  announce_exactly(channel_.uplink ? change_ : F_w_);
}

}  // namespace vireo::methods
