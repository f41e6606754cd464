#pragma once

#include <functional>
#include <vector>

#include "vireo/exchange/exchange.hpp"

namespace vireo::problems {

/// One number of every worker, in worker order, on all ranks. Collective; value_of is called for this rank's workers.
[[nodiscard]] std::vector<double> share_worker_values(const Exchange& exchange,
                                                      const std::function<double(Index worker)>& value_of);

/// Several numbers of every worker: `each` of them, those of worker m from m * each on. Collective; `fill` is called for
/// this rank's workers.
[[nodiscard]] std::vector<double> share_worker_values(const Exchange& exchange, Index each,
                                                      const std::function<void(Index worker, View numbers)>& fill);

/// sqrt((1/M) sum_m values_m^2)
[[nodiscard]] double root_mean_square(const std::vector<double>& values);

}  // namespace vireo::problems
