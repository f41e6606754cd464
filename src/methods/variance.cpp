#include "methods/variance.hpp"

#include <algorithm>

namespace vireo {

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

}  // namespace vireo
