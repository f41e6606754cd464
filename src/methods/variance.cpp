#include "methods/variance.hpp"

#include <algorithm>

namespace vireo::methods {

double variance_of_mean(const CompressorTheory& uplink, const MessageSizes& sizes, double workers) {
  switch (uplink.draws) {
    case CompressorTheory::Draws::independent:
      return (uplink.q - 1) * sizes.each / workers;
    case CompressorTheory::Draws::shared:
      return (uplink.q - 1) * sizes.mean;
    case CompressorTheory::Draws::partition:
      return sizes.spread + std::max(0.0, uplink.q / workers - 1) * sizes.each;  // q = M but for rounded values
  }
  return sizes.each;
}

double variance_both_ways(const CompressorTheory& uplink, const CompressorTheory& downlink, const MessageSizes& sizes,
                          double workers) {
  return downlink.q * variance_of_mean(uplink, sizes, workers) + (downlink.q - 1) * sizes.mean;
}

double variance_of_difference(const CompressorTheory& uplink, const CompressorTheory& downlink, double s, double W,
                              double workers) {
  const double q = uplink.q;
  double rho_up = q * W / workers;  // a partition's
  if (uplink.draws == CompressorTheory::Draws::independent)
    rho_up = W * (std::max(0.0, q * (1 - s) - 1) + q * s) / workers;
  else if (uplink.draws == CompressorTheory::Draws::shared)
    rho_up = q - 1 + q * s * W / workers;
  return downlink.q * rho_up + downlink.q - 1;
}

}  // namespace vireo::methods
