#include "vireo/exchange/exchange.hpp"

#include <algorithm>
#include <exception>
#include <limits>

#include "exchange/routes.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {

Exchange::Exchange(Communicator& comm, WorkerLayout layout, Index dimension, std::uint64_t seed)
    : comm_(comm),
      layout_(layout),
      segments_(dimension, static_cast<Index>(comm.size())),
      seed_(seed),
      routes_(std::make_unique<exchanging::Routes>(comm, layout_, segments_, seed)) {}

Exchange::~Exchange() = default;

Range Exchange::workers() const { return layout_.workers_of(static_cast<Index>(comm_.rank())); }

Mean Exchange::mean(const Round& round, const Produce& produce) { return routes_->mean(round, produce, *ledger_); }

void Exchange::mean(const Round& round, const Produce& produce, View out) {
  routes_->mean(round, produce, *ledger_, out).copy_to(out);
}

void Exchange::broadcast_from(Index worker, const std::function<void(View out)>& make, View out, Audience audience) {
  const auto root = static_cast<int>(layout_.rank_of(worker));
  std::exception_ptr failure;
  if (comm_.rank() == root) {
    const Timed timed(ledger_->seconds_operator);
    try {
      make(out);
    } catch (...) {
      failure = std::current_exception();
      std::ranges::fill(out, std::numeric_limits<double>::quiet_NaN());
    }
  }
  if (audience == Audience::workers)
    ledger_->wire_bytes_down += static_cast<std::int64_t>(workers().size() * 8 * out.size());
  {
    const Timed timed(ledger_->seconds_exchange);
    comm_.broadcast(std::as_writable_bytes(out), root);
  }
  if (kernels::all_finite(out)) return;
  agree_on_failure(comm_, failure);
  throw NotFinite();
}

}  // namespace vireo
