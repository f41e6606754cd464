#include "encoding/share.hpp"

#include <algorithm>
#include <cmath>

#include "vireo/core/error.hpp"

namespace vireo::encoding {

std::vector<Parameter> Share::parameters() {
  return {Parameter::real("fraction", "", "k/d; 0.1 if k is not given either", 0, 1).open_below(),
          Parameter::integer("k", "", "number of coordinates kept", 1)};
}

Share Share::from(const std::string& name, const Parameters& parameters) {
  if (parameters.has("k") && parameters.has("fraction")) throw UsageError(name + ": give k or fraction, not both");
  if (parameters.has("k")) return of_size(parameters.integer("k"));
  return of_fraction(parameters.has("fraction") ? parameters.real("fraction") : 0.1);
}

Index Share::size(const std::string& name, Index dimension) const {
  if (k_ > dimension)
    throw UsageError(name + ": k=" + std::to_string(k_) + " is larger than the dimension " + std::to_string(dimension));
  if (k_ > 0) return k_;
  const auto k = static_cast<Index>(std::llround(fraction_ * static_cast<double>(dimension)));
  return std::clamp<Index>(k, 1, dimension);
}

}  // namespace vireo::encoding
