#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace vireo {

/// What a run has cost on one rank, as it is booked where the work is done. `counters` says what each number
/// means.
struct Ledger {
  std::int64_t oracle_calls = 0;     ///< evaluations of single components F_{m,i}
  std::int64_t wire_bytes_up = 0;    ///< encoded bytes that the workers sent in the server model
  std::int64_t wire_bytes_down = 0;  ///< encoded bytes that the workers received in the server model
  double seconds_operator = 0;       ///< evaluating components
  double seconds_compress = 0;       ///< encoding, decoding and drawing
  double seconds_exchange = 0;       ///< communication, and waiting for it
};

/// What a run has cost so far, over all ranks: the sums of counters, and the largest of seconds.
struct Totals : Ledger {
  std::int64_t mpi_bytes = 0;             ///< bytes handed to the communicator
  double seconds = 0;                     ///< wall clock without the monitor's share; on rank 0
  double seconds_monitor = 0;             ///< measuring for the trace, and writing it; in none of the others
  std::int64_t monitor_oracle_calls = 0;  ///< for the trace; not in oracle_calls
  double seconds_modelled = 0;            ///< communication on the simulated network
  double seconds_io = 0;                  ///< for single ranks alone: writing, and showing progress
};

/// What a run has cost one rank, since it was begun or last resumed. Counters that `counters` keeps for the
/// run alone are 0 here.
struct RankTotals : Totals {
  std::string host;  ///< name of the host that the rank ran on
};

/// How the numbers of single ranks become the run's.
enum class OverRanks : std::uint8_t {
  sum,       ///< the sum over all ranks
  largest,   ///< the largest of all ranks
  of_rank_0  ///< the number of rank 0; those of other ranks do not count
};

/// One counter: a member of Totals, and everything that must be known about it. The reduction over the
/// ranks, the columns of the trace (docs/trace.md), the entries of a checkpoint and the line of JSON at the
/// end are made from it.
struct Counter {
  /// Where else the counter is shown when the run has ended
  enum class Result : std::uint8_t {
    nowhere,   ///< in the last row of the trace alone
    solution,  ///< beside the point returned, in the trace
    line       ///< there, and in the line of JSON
  };
  const char* name;                                               ///< name of the column
  const char* units;                                              ///< "1", "byte" or "s"
  std::variant<std::int64_t Totals::*, double Totals::*> member;  ///< where its value is
  OverRanks over_ranks = OverRanks::sum;                          ///< how ranks are joined
  const char* of_run = nullptr;     ///< what it is, over all ranks; null: it is kept for single ranks alone
  const char* of_rank = nullptr;    ///< what it is, of one rank; null: it is kept for the run alone
  Result result = Result::nowhere;  ///< where else it stands
  bool modelled = false;            ///< only where the network is a modelled one
  bool since_first_version = true;  ///< else a checkpoint may lack it: then it goes on from 0
};

/// All counters, in the order in which they are shown. A new one is a member above and a row here (and in
/// docs/trace.md); what is booked to a Ledger needs no more.
inline constexpr std::array counters{
    Counter{.name = "oracle_calls",
            .units = "1",
            .member = &Totals::oracle_calls,
            .of_run = "evaluations of single components F_{m,i} by the method, summed over workers",
            .of_rank = "evaluations of single components F_{m,i} of the rank's workers",
            .result = Counter::Result::line},
    Counter{.name = "wire_bytes_up",
            .units = "byte",
            .member = &Totals::wire_bytes_up,
            .of_run = "encoded bytes that the workers sent in the server model, summed over workers",
            .of_rank = "encoded bytes that the rank's workers sent in the server model",
            .result = Counter::Result::line},
    Counter{.name = "wire_bytes_down",
            .units = "byte",
            .member = &Totals::wire_bytes_down,
            .of_run = "encoded bytes that the workers received in the server model, summed over workers",
            .of_rank = "encoded bytes that the rank's workers received in the server model",
            .result = Counter::Result::line},
    Counter{.name = "mpi_bytes",
            .units = "byte",
            .member = &Totals::mpi_bytes,
            .of_run = "bytes handed to the communicator (MPI or simulated), summed over ranks",
            .of_rank = "bytes that the rank handed to the communicator (MPI or simulated)",
            .result = Counter::Result::solution},
    Counter{.name = "seconds",
            .units = "s",
            .member = &Totals::seconds,
            .over_ranks = OverRanks::of_rank_0,
            .of_run = "wall-clock time of the method on rank 0, without setup and without the monitor's share",
            .of_rank = "wall-clock time of the rank, without setup and without the monitor's share",
            .result = Counter::Result::line},
    Counter{.name = "seconds_operator",
            .units = "s",
            .member = &Totals::seconds_operator,
            .over_ranks = OverRanks::largest,
            .of_run = "time spent evaluating the operator, largest over ranks",
            .of_rank = "time spent evaluating the operator"},
    Counter{.name = "seconds_compress",
            .units = "s",
            .member = &Totals::seconds_compress,
            .over_ranks = OverRanks::largest,
            .of_run = "time spent encoding, decoding and drawing, largest over ranks",
            .of_rank = "time spent encoding, decoding and drawing"},
    Counter{.name = "seconds_exchange",
            .units = "s",
            .member = &Totals::seconds_exchange,
            .over_ranks = OverRanks::largest,
            .of_run = "time spent in communication and waiting for it, largest over ranks",
            .of_rank = "time spent in communication and waiting for ranks that are late"},
    Counter{.name = "seconds_monitor",
            .units = "s",
            .member = &Totals::seconds_monitor,
            .over_ranks = OverRanks::largest,
            .of_run = "time spent on measuring for this trace; not part of seconds",
            .of_rank = "time spent on measuring for the trace, with all of seconds_io; not part of seconds"},
    Counter{.name = "monitor_oracle_calls",
            .units = "1",
            .member = &Totals::monitor_oracle_calls,
            .of_run = "component evaluations for this trace; not part of oracle_calls"},
    Counter{.name = "seconds_modelled",
            .units = "s",
            .member = &Totals::seconds_modelled,
            .over_ranks = OverRanks::largest,
            .of_run = "time that the communication would have taken on the modelled network",
            .modelled = true},
    Counter{.name = "seconds_io",
            .units = "s",
            .member = &Totals::seconds_io,
            .of_rank = "time spent writing the trace (rank 0) and checkpoints, and showing progress (rank 0)"},
};

/// Calls visit(counter, pointer to member) for every counter: those of whole numbers first, which is the
/// order in which ranks send them and checkpoints list them.
template <class Visit>
void for_each_counter(Visit&& visit) {
  for (const auto& counter : counters)
    if (const auto* const member = std::get_if<std::int64_t Totals::*>(&counter.member)) visit(counter, *member);
  for (const auto& counter : counters)
    if (const auto* const member = std::get_if<double Totals::*>(&counter.member)) visit(counter, *member);
}

/// Adds the time of a scope to one of a ledger's seconds.
class Timed {
 public:
  /// Adds the time to `seconds` when this object is destroyed.
  explicit Timed(double& seconds) : seconds_(seconds), start_(Clock::now()) {}
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;
  ~Timed() { seconds_ += std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  double& seconds_;
  Clock::time_point start_;
};

}  // namespace vireo
