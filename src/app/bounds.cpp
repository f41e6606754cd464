#include "app/bounds.hpp"

#include <map>

namespace vireo::app {

std::vector<std::pair<std::string, hdf5::Attributes>> bounds_of(const std::vector<Rate>& rates,
                                                                std::optional<double> distance) {
  std::vector<std::pair<std::string, hdf5::Attributes>> bounds;
  std::map<std::string, int> seen;
  for (const auto& rate : rates) {
    hdf5::Attributes bound{{"quantity", rate.quantity},
                           {"factor", rate.factor},
                           {"power", rate.power},
                           {"shift", rate.shift},
                           {"expected", std::int64_t{rate.expected ? 1 : 0}},
                           {"text", rate.theorem}};
    if (rate.constant) bound.emplace_back("constant_over_distance", *rate.constant);
    if (rate.constant && distance) {
      bound.emplace_back("distance", *distance);
      bound.emplace_back("constant", *rate.constant * *distance);
    }
    const int number = ++seen[rate.quantity];
    bounds.emplace_back(rate.quantity + (number == 1 ? "" : "_" + std::to_string(number)), std::move(bound));
  }
  return bounds;
}

}  // namespace vireo::app
