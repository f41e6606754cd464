#include "solve/agreement.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cmath>
#include <set>
#include <span>

#include "vireo/core/error.hpp"

namespace vireo::solving {
namespace {

/// As the ranks exchange it: whole numbers, of seconds the nanoseconds.
std::int64_t whole(std::int64_t value) { return value; }
std::int64_t whole(double seconds) { return std::llround(seconds * 1e9); }

void add(std::int64_t& to, std::int64_t value) { to += value; }
void add(double& seconds, std::int64_t nanoseconds) { seconds += static_cast<double>(nanoseconds) * 1e-9; }

Reduction reduction(OverRanks over_ranks) {
  return over_ranks == OverRanks::sum ? Reduction::sum : Reduction::maximum;  // the others of rank 0's are 0
}

constexpr std::array all_votes{&Votes::out_of_time, &Votes::stop, &Votes::observer_failed, &Votes::save};

/// Numbers of all ranks that are joined in one reduction: put in, joined, taken out in the same order.
class Joined {
 public:
  void put(std::int64_t value, Reduction how) {
    values_.at(count_) = value;
    how_.at(count_++) = how;
  }
  void join(Communicator& comm) { comm.combine(std::span(values_).first(count_), std::span(how_).first(count_)); }
  std::int64_t take() { return values_.at(taken_++); }

 private:
  static constexpr std::size_t most = counters.size() + all_votes.size() + 2;
  std::array<std::int64_t, most> values_{};
  std::array<Reduction, most> how_{};
  std::size_t count_ = 0;
  std::size_t taken_ = 0;
};

}  // namespace

Totals Agreement::alone(const Totals& paid) const {
  Totals totals = before_;
  for_each_counter([&](const Counter& counter, auto member) {
    if (counter.of_run != nullptr) totals.*member += paid.*member;
  });
  return totals;
}

Totals Agreement::paid_here(double seconds) const {
  const auto& comm = run_.communicator;
  Totals paid{run_.exchange.ledger()};
  paid.mpi_bytes = comm.bytes_sent() - setup_bytes_ - monitor_.bytes_sent();
  paid.seconds = seconds;
  paid.seconds_monitor = monitor_.seconds();
  paid.seconds_io = monitor_.seconds_io();
  paid.monitor_oracle_calls = monitor_.ledger().oracle_calls;
  paid.seconds_modelled = comm.modelled_seconds() - setup_modelled_ - monitor_.modelled_seconds();
  return paid;
}

Totals Agreement::reach(double seconds, Votes& votes, ConstView state) const {
  auto& comm = run_.communicator;
  const Totals paid = paid_here(seconds);
  if (comm.size() == 1) return alone(paid);
  Joined joined;
  for_each_counter([&](const Counter& counter, auto member) {
    if (counter.of_run == nullptr) return;
    const bool counts = counter.over_ranks != OverRanks::of_rank_0 || comm.rank() == 0;
    joined.put(counts ? whole(paid.*member) : 0, reduction(counter.over_ranks));
  });
  for (const auto vote : all_votes) joined.put(std::int64_t{votes.*vote}, Reduction::maximum);
  const auto hash = state.empty() ? 0 : static_cast<std::int64_t>(XXH3_64bits(state.data(), state.size_bytes()));
  joined.put(hash, Reduction::minimum);
  joined.put(hash, Reduction::maximum);
  joined.join(comm);

  Totals totals = before_;
  for_each_counter([&](const Counter& counter, auto member) {
    if (counter.of_run != nullptr) add(totals.*member, joined.take());
  });
  for (const auto vote : all_votes) votes.*vote = joined.take() != 0;
  const auto smallest = joined.take();
  if (smallest != joined.take()) report_difference(static_cast<std::uint64_t>(hash));
  return totals;
}

std::vector<RankTotals> Agreement::by_rank(double seconds) const {
  auto& comm = run_.communicator;
  const Totals paid = paid_here(seconds);  // before what is sent here
  std::vector<RankTotals> ranks(static_cast<std::size_t>(comm.size()));
  for_each_counter([&](const Counter& counter, auto member) {
    if (counter.of_rank == nullptr) return;
    const auto all = gather_all(comm, whole(paid.*member));
    for (std::size_t r = 0; r < ranks.size(); ++r) add(ranks[r].*member, all[r]);
  });
  const auto hosts = gather_all(comm, comm.host());
  for (std::size_t r = 0; r < ranks.size(); ++r) ranks[r].host = hosts[r];
  return ranks;
}

void Agreement::report_difference(std::uint64_t mine) const {
  auto& comm = run_.communicator;
  const auto hashes = gather_all(comm, static_cast<std::int64_t>(mine));
  const auto hosts = gather_all(comm, comm.host());
  std::string text =
      "the ranks' copies of the iterate differ (processors or binaries of different kinds?): rank 0 on " + hosts[0];
  std::set<std::string> others;
  for (std::size_t r = 1; r < hashes.size(); ++r)
    if (hashes[r] != hashes[0]) others.insert(hosts[r]);
  text += " against";
  for (const auto& host : others) text += " " + host;
  throw Error(ErrorKind::internal, text);
}

}  // namespace vireo::solving
