#pragma once

#include "methods/theory.hpp"

namespace vireo::methods {

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

/// rho with E||G - E G||^2 <= rho mean_i ||E_i(u) - E_i(v)||^2 for G = Q^serv( (1/M) sum_m Q_m(D_m) ), where D_m is
/// worker m's part of F(u) - F(v), or an estimate of it from a batch whose moments are s and W (see SampledDifference;
/// s = 0: all of the shard), and where (1/M) sum_m ||F_m(u) - F_m(v)||^2 <= W mean_i ||E_i(u) - E_i(v)||^2:
///     independent draws: rho_up = W ( max(0, q (1-s) - 1) + q s ) / M
///     shared:            rho_up = q - 1 + q s W / M
///     partition:         rho_up = q W / M
///     rho = q_serv rho_up + q_serv - 1
[[nodiscard]] double variance_of_difference(const CompressorTheory& uplink, const CompressorTheory& downlink, double s,
                                            double W, double workers);

}  // namespace vireo::methods
