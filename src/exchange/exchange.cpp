#include "vireo/exchange/exchange.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <string>

#include "exchange/routes.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo {
namespace {

std::string text_of(const std::optional<NotFiniteAt>& at) {
  if (!at) return "a message between the workers was not finite";
  return "F is not finite at a point that is: worker " + std::to_string(at->worker) +
         (at->component ? ", component " + std::to_string(*at->component) : "");
}

std::function<bool(Index worker)> senders_of(const Round& round) {
  return [&round](Index m) { return !round.senders || std::ranges::binary_search(*round.senders, m); };
}

}  // namespace

NotFinite::NotFinite(std::optional<NotFiniteAt> where) : NumericalError(text_of(where)), at(where) {}

Exchange::Exchange(Communicator& comm, WorkerLayout layout, Index dimension, std::uint64_t seed)
    : comm_(comm),
      layout_(layout),
      segments_(dimension, static_cast<Index>(comm.size())),
      seed_(seed),
      routes_(std::make_unique<exchanging::Routes>(comm, layout_, segments_, seed)) {}

Exchange::~Exchange() = default;

Range Exchange::workers() const { return layout_.workers_of(static_cast<Index>(comm_.rank())); }

Mean Exchange::mean(const Round& round, const Produce& produce) try {
  return routes_->mean(round, produce, *ledger_);
} catch (const NotFinite&) {  // on all ranks alike
  throw_with_cause(senders_of(round), produce, dimension());
}

void Exchange::mean(const Round& round, const Produce& produce, View out) try {
  routes_->mean(round, produce, *ledger_, out).copy_to(out);
} catch (const NotFinite&) {  // on all ranks alike
  throw_with_cause(senders_of(round), produce, dimension());
}

void Exchange::throw_with_cause(const std::function<bool(Index worker)>& sends, const Produce& produce, Index size) {
  Ledger unbooked;
  Ledger& before = *ledger_;
  book_to(unbooked);
  cause_.reset();
  looks_for_cause_ = true;
  try {
    Vector x(size);
    for (Index m = workers().begin; m < workers().end && !cause_; ++m)
      if (sends(m)) produce(m, x);
  } catch (...) {  // it did not throw before: this says nothing of what happened then
    cause_.reset();
  }
  looks_for_cause_ = false;
  book_to(before);

  constexpr auto nobody = std::numeric_limits<std::int64_t>::max();
  const auto mine = cause_ ? static_cast<std::int64_t>(cause_->worker) : nobody;
  const auto first = combine(comm_, mine, Reduction::minimum);
  if (first == nobody) throw NotFinite();
  auto agreed = cause_.value_or(NotFiniteAt{});
  comm_.broadcast(std::as_writable_bytes(std::span(&agreed, 1)),
                  static_cast<int>(layout_.rank_of(static_cast<Index>(first))));
  throw NotFinite(agreed);
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
  throw_with_cause([&](Index m) { return m == worker; }, [&](Index, View x) { make(x); }, out.size());
}

}  // namespace vireo
