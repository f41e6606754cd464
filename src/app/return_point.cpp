#include "app/return_point.hpp"

#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

bool certifies(const Chosen<MethodPlugIn>& method) {
  const auto& entry = *method.entry;
  return entry.best_of != "" && (!entry.certifies || entry.certifies(method.parameters));
}

}  // namespace

bool has_return_point(const Configuration& configuration) {
  switch (configuration.criteria.return_point) {
    case ReturnPoint::best:
      return certifies(configuration.method);
    case ReturnPoint::average:
      return configuration.method.entry->average_of != "";
    case ReturnPoint::last:
      break;
  }
  return true;
}

std::string returns_text(const MethodPlugIn& method, bool certifies) {
  std::string out = "the last point";
  if (method.average_of && !method.average_of->empty()) out += "; the average of " + *method.average_of;
  if (certifies && method.best_of && !method.best_of->empty()) out += "; the best of " + *method.best_of;
  return out;
}

void check_return_point(const Configuration& configuration) {
  if (!configuration.origins.given("return") || has_return_point(configuration)) return;
  const auto& method = configuration.method;
  throw UsageError(configuration.origins.of("return") + ": a run of " + method.entry->name + " has no " +
                   to_string(configuration.criteria.return_point) +
                   " point; it returns: " + returns_text(*method.entry, certifies(method)));
}

std::string other_point(const Configuration& configuration, const Outcome& outcome) {
  const auto asked = configuration.criteria.return_point;
  if (outcome.returned == asked || outcome.iterations == 0) return "";
  return "the " + to_string(outcome.returned) + " point is returned: there is no " + to_string(asked) +
         (asked == ReturnPoint::best ? " one, since the method has computed F at no point that it was charged for"
                                     : " one, since the method has no points to average");
}

}  // namespace vireo::app
