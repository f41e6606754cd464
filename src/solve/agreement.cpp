#include "solve/agreement.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <array>
#include <cmath>
#include <set>

#include "vireo/core/error.hpp"

namespace vireo::solving {
namespace {

std::int64_t nanoseconds(double seconds) { return std::llround(seconds * 1e9); }
double seconds_of(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }

}  // namespace

Totals Agreement::reach(double seconds, Votes& votes, ConstView state) const {
  using enum Reduction;
  const Ledger& paid = run_.exchange.ledger();
  auto& comm = run_.communicator;
  const auto hash = state.empty() ? 0 : static_cast<std::int64_t>(XXH3_64bits(state.data(), state.size_bytes()));
  std::array values{paid.oracle_calls,
                    paid.wire_bytes_up,
                    paid.wire_bytes_down,
                    comm.bytes_sent() - setup_bytes_ - monitor_.bytes_sent(),
                    monitor_.ledger().oracle_calls,
                    comm.rank() == 0 ? nanoseconds(seconds) : std::int64_t{0},
                    nanoseconds(paid.seconds_operator),
                    nanoseconds(paid.seconds_compress),
                    nanoseconds(paid.seconds_exchange),
                    nanoseconds(monitor_.seconds()),
                    nanoseconds(comm.modelled_seconds() - setup_modelled_ - monitor_.modelled_seconds()),
                    std::int64_t{votes.out_of_time},
                    std::int64_t{votes.stop},
                    std::int64_t{votes.observer_failed},
                    std::int64_t{votes.save},
                    hash,
                    hash};
  static constexpr std::array<Reduction, values.size()> how{sum,     sum,     sum,     sum,     sum,     maximum,
                                                            maximum, maximum, maximum, maximum, maximum, maximum,
                                                            maximum, maximum, maximum, minimum, maximum};
  comm.combine(values, how);
  if (values[15] != values[16]) report_difference(static_cast<std::uint64_t>(hash));

  Totals totals = before_;
  totals.oracle_calls += values[0];
  totals.wire_bytes_up += values[1];
  totals.wire_bytes_down += values[2];
  totals.mpi_bytes += values[3];
  totals.monitor_oracle_calls += values[4];
  totals.seconds += seconds_of(values[5]);
  totals.seconds_operator += seconds_of(values[6]);
  totals.seconds_compress += seconds_of(values[7]);
  totals.seconds_exchange += seconds_of(values[8]);
  totals.seconds_monitor += seconds_of(values[9]);
  totals.seconds_modelled += seconds_of(values[10]);
  votes.out_of_time = values[11] != 0;
  votes.stop = values[12] != 0;
  votes.observer_failed = values[13] != 0;
  votes.save = values[14] != 0;
  return totals;
}

std::vector<RankTotals> Agreement::by_rank(double seconds, double seconds_io) const {
  const Ledger paid = run_.exchange.ledger();
  auto& comm = run_.communicator;
  const auto bytes = comm.bytes_sent() - setup_bytes_ - monitor_.bytes_sent();  // before what is sent here
  const auto monitored = monitor_.seconds();
  std::vector<RankTotals> ranks(static_cast<std::size_t>(comm.size()));
  const auto count = [&](std::int64_t mine, std::int64_t RankTotals::*member) {
    const auto all = gather_all(comm, mine);
    for (std::size_t r = 0; r < ranks.size(); ++r) ranks[r].*member = all[r];
  };
  const auto time = [&](double mine, double RankTotals::*member) {
    const auto all = gather_all(comm, nanoseconds(mine));
    for (std::size_t r = 0; r < ranks.size(); ++r) ranks[r].*member = seconds_of(all[r]);
  };
  count(paid.oracle_calls, &RankTotals::oracle_calls);
  count(paid.wire_bytes_up, &RankTotals::wire_bytes_up);
  count(paid.wire_bytes_down, &RankTotals::wire_bytes_down);
  count(bytes, &RankTotals::mpi_bytes);
  time(seconds, &RankTotals::seconds);
  time(paid.seconds_operator, &RankTotals::seconds_operator);
  time(paid.seconds_compress, &RankTotals::seconds_compress);
  time(paid.seconds_exchange, &RankTotals::seconds_exchange);
  time(monitored, &RankTotals::seconds_monitor);
  time(seconds_io, &RankTotals::seconds_io);
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
  throw Error(ExitCode::internal, text);
}

}  // namespace vireo::solving
