#include "problems/worker_values.hpp"

#include <cmath>
#include <span>

#include "core/scaled_norm.hpp"

namespace vireo::problems {

std::vector<double> share_worker_values(const Exchange& exchange, const std::function<double(Index worker)>& value_of) {
  auto& comm = exchange.communicator();
  std::vector<double> values(exchange.layout().workers(), 0.0);
  const Range mine = exchange.workers();
  for (Index m = mine.begin; m < mine.end; ++m) values[m] = value_of(m);
  std::vector<Piece> pieces;
  for (Index r = 0; r < static_cast<Index>(comm.size()); ++r) {
    const Range of = exchange.layout().workers_of(r);
    pieces.push_back({8 * of.begin, 8 * of.size()});
  }
  comm.all_gather(std::as_writable_bytes(std::span(values)), pieces);
  return values;
}

double root_mean_square(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  if (kernels::safe_square(squares)) return std::sqrt(squares / static_cast<double>(values.size()));
  return kernels::scaled_norm(values) / std::sqrt(static_cast<double>(values.size()));
}

}  // namespace vireo::problems
