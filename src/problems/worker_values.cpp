#include "problems/worker_values.hpp"

#include <cmath>
#include <span>

#include "core/scaled_norm.hpp"

namespace vireo::problems {

std::vector<double> share_worker_values(const Exchange& exchange, Index each,
                                        const std::function<void(Index worker, View numbers)>& fill) {
  const auto& layout = exchange.layout();
  std::vector<double> values(layout.workers() * each, 0.0);
  const Range mine = exchange.workers();
  for (Index m = mine.begin; m < mine.end; ++m) fill(m, View(values).subspan(m * each, each));
  std::vector<Piece> pieces;
  for (Index r = 0; r < layout.ranks(); ++r) {
    const Range of = layout.workers_of(r);
    pieces.push_back({8 * each * of.begin, 8 * each * of.size()});
  }
  exchange.communicator().all_gather(std::as_writable_bytes(std::span(values)), pieces);
  return values;
}

std::vector<double> share_worker_values(const Exchange& exchange, const std::function<double(Index worker)>& value_of) {
  return share_worker_values(exchange, 1, [&](Index m, View number) { number[0] = value_of(m); });
}

double root_mean_square(const std::vector<double>& values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  if (kernels::safe_square(squares)) return std::sqrt(squares / static_cast<double>(values.size()));
  return kernels::scaled_norm(values) / std::sqrt(static_cast<double>(values.size()));
}

}  // namespace vireo::problems
