#include "app/constants_agreement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/named_constants.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::app {

namespace {

std::string text_of(const Constant& constant) {
  return fmt::format("{} ({})", format_real(constant.value), to_string(constant.origin));
}

bool same(const Constant& stored, const Constant& found, double L) {
  if (stored.origin != found.origin) return false;
  if (stored.value == found.value) return true;  // infinite ones too
  return std::abs(stored.value - found.value) <= 1e-6 * std::abs(found.value) + 1e-12 * L;
}

}  // namespace

std::vector<std::string> differences(const Constants& stored, const Constants& found, bool compare_estimates) {
  const double L = found.L && std::isfinite(found.L->value) ? found.L->value : 0;
  const auto known = named(found);
  std::vector<std::string> out;
  for (const auto& [name, constant] : named(stored)) {
    if (constant.origin == Origin::estimated && !compare_estimates) continue;
    const auto again = std::ranges::find(known, name, &NamedConstant::name);
    if (again == known.end())
      out.push_back(fmt::format("{}: {} in the file, and not known", name, text_of(constant)));
    else if (!same(constant, again->constant, L))
      out.push_back(
          fmt::format("{}: {} in the file, {} found again", name, text_of(constant), text_of(again->constant)));
  }
  return out;
}

}  // namespace vireo::app
