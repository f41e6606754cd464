#pragma once

#include "methods/theory.hpp"

namespace vireo {

/// Bounds on the messages x_m of the M workers of one round.
struct MessageSizes {
  double mean = 0;    ///< of ||(1/M) sum_m x_m||^2
  double each = 0;    ///< of (1/M) sum_m ||x_m||^2
  double spread = 0;  ///< of (1/M) sum_m ||x_m - x||^2, x their mean
};

/// v with E||(1/M) sum_m Q_m(x_m) - (1/M) sum_m x_m||^2 <= v, for unbiased compressors:
///     independent draws: (q - 1) each / M;   shared: (q - 1) mean;   partition: spread, and the rounding of values
[[nodiscard]] double variance_of_mean(const CompressorTheory& uplink, const MessageSizes& sizes, double workers);

/// The same behind a server's compressor Q^serv: E||Q^serv(y) - E y||^2 <= q_serv v + (q_serv - 1) ||E y||^2
[[nodiscard]] double variance_both_ways(const CompressorTheory& uplink, const CompressorTheory& downlink,
                                        const MessageSizes& sizes, double workers);

}  // namespace vireo
