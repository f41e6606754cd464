#pragma once

#include <string>
#include <vector>

#include "vireo/core/vector.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::encoding {

/// k of d coordinates, given as k or as a fraction of d.
class Share {
 public:
  /// k = round(fraction d), at least 1; 0 < fraction <= 1
  static Share of_fraction(double fraction) { return {fraction, 0}; }
  static Share of_size(Index k) { return {0, k}; }
  /// The parameters `fraction` and `k` (0.1 if neither is given), and their value
  [[nodiscard]] static std::vector<Parameter> parameters();
  [[nodiscard]] static Share from(const std::string& name, const Parameters& parameters);

  /// k; throws UsageError if it is larger than d
  [[nodiscard]] Index size(const std::string& name, Index dimension) const;

 private:
  Share(double fraction, Index k) : fraction_(fraction), k_(k) {}
  double fraction_;
  Index k_;  ///< 0: by fraction
};

}  // namespace vireo::encoding
