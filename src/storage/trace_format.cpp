#include "storage/trace_format.hpp"

namespace vireo::trace {

const std::vector<Quantity>& quantities() {
  using When = Quantity::When;
  static const std::vector<Quantity> all = {
      {"iteration", "1", "number k of iterations done; the row is the state after them",
       +[](const Row& row) { return row.iteration; }},
      {"residual", "1", "|| z - prox_g(z - F(z)) || at z^k, exact and uncompressed; ||F(z)|| where g = 0",
       +[](const Row& row) { return row.residual; }},
      {"oracle_calls", "1", "evaluations of single components F_{m,i} by the method, summed over workers",
       +[](const Row& row) { return row.totals.oracle_calls; }},
      {"wire_bytes_up", "byte", "encoded bytes that the workers sent in the server model, summed over workers",
       +[](const Row& row) { return row.totals.wire_bytes_up; }},
      {"wire_bytes_down", "byte", "encoded bytes that the workers received in the server model, summed over workers",
       +[](const Row& row) { return row.totals.wire_bytes_down; }},
      {"mpi_bytes", "byte", "bytes handed to the communicator (MPI or simulated), summed over ranks",
       +[](const Row& row) { return row.totals.mpi_bytes; }},
      {"seconds", "s", "wall-clock time of the method on rank 0, without setup and without the monitor's share",
       +[](const Row& row) { return row.totals.seconds; }},
      {"seconds_operator", "s", "time spent evaluating the operator, largest over ranks",
       +[](const Row& row) { return row.totals.seconds_operator; }},
      {"seconds_compress", "s", "time spent encoding, decoding and drawing, largest over ranks",
       +[](const Row& row) { return row.totals.seconds_compress; }},
      {"seconds_exchange", "s", "time spent in communication and waiting for it, largest over ranks",
       +[](const Row& row) { return row.totals.seconds_exchange; }},
      {"seconds_monitor", "s", "time spent on measuring for this trace; not part of seconds",
       +[](const Row& row) { return row.totals.seconds_monitor; }},
      {"monitor_oracle_calls", "1", "component evaluations for this trace; not part of oracle_calls",
       +[](const Row& row) { return row.totals.monitor_oracle_calls; }},
      {"seconds_modelled", "s", "time that the communication would have taken on the modelled network",
       +[](const Row& row) { return row.totals.seconds_modelled; }, When::simulated},
      {"distance", "1", "|| z^k - z* ||, where z* is known", +[](const Row& row) { return row.distance; },
       When::distance_known},
      {"gap", "1", "the problem's gap function at z^k", +[](const Row& row) { return row.gap; }, When::gap_known},
  };
  return all;
}

const std::vector<RankQuantity>& rank_quantities() {
  static const std::vector<RankQuantity> all = {
      {"oracle_calls", "1", "evaluations of single components F_{m,i} of the rank's workers",
       +[](const RankTotals& rank) { return rank.oracle_calls; }},
      {"wire_bytes_up", "byte", "encoded bytes that the rank's workers sent in the server model",
       +[](const RankTotals& rank) { return rank.wire_bytes_up; }},
      {"wire_bytes_down", "byte", "encoded bytes that the rank's workers received in the server model",
       +[](const RankTotals& rank) { return rank.wire_bytes_down; }},
      {"mpi_bytes", "byte", "bytes that the rank handed to the communicator (MPI or simulated)",
       +[](const RankTotals& rank) { return rank.mpi_bytes; }},
      {"seconds", "s", "wall-clock time of the rank, without setup and without the monitor's share",
       +[](const RankTotals& rank) { return rank.seconds; }},
      {"seconds_operator", "s", "time spent evaluating the operator",
       +[](const RankTotals& rank) { return rank.seconds_operator; }},
      {"seconds_compress", "s", "time spent encoding, decoding and drawing",
       +[](const RankTotals& rank) { return rank.seconds_compress; }},
      {"seconds_exchange", "s", "time spent in communication and waiting for ranks that are late",
       +[](const RankTotals& rank) { return rank.seconds_exchange; }},
      {"seconds_monitor", "s", "time spent on measuring for the trace, with all of seconds_io; not part of seconds",
       +[](const RankTotals& rank) { return rank.seconds_monitor; }},
      {"seconds_io", "s", "time spent writing the trace (rank 0) and checkpoints, and showing progress (rank 0)",
       +[](const RankTotals& rank) { return rank.seconds_io; }},
  };
  return all;
}

}  // namespace vireo::trace
