#include "app/return_point.hpp"
#include "app/run_options/fields.hpp"
#include "app/units.hpp"

namespace vireo::app {

namespace {

constexpr double no_end = std::numeric_limits<double>::infinity();

Field max_seconds() {
  return field(
      &Criteria::max_seconds, [](const std::string& text) { return text == none ? no_end : parse_duration(text); },
      [](double seconds) { return seconds < no_end ? duration_text(seconds) : none; });
}

Field max_wire_bytes() {
  return field(
      &Criteria::max_wire_bytes, [](const std::string& text) { return text == none ? unlimited : parse_bytes(text); },
      limit_text);
}

Field return_point() {
  auto written = field(&Criteria::return_point, parse_return_point, [](ReturnPoint point) { return to_string(point); });
  // a method's own default that its parameters rule out is not to be taken for the user's choice
  return only_if(
      [](const Configuration& c) {
        return has_return_point(c) || to_string(c.criteria.return_point) != c.method.entry->default_return;
      },
      std::move(written));
}

void return_what_the_method_does(Configuration& c, const GivenOptions& given) {
  if (!given.has("return")) c.criteria.return_point = parse_return_point(c.method.entry->default_return);
}

}  // namespace

RunOptionGroup when_it_stops() {
  const auto free = OnResume::free;
  const auto fixed = OnResume::fixed;
  return {"When it stops",
          {{{"tolerance", "EPS", "on the residual ||z - prox_g(z - F(z))||; default 1e-6; 0: never"},
            free,
            nonnegative(&Criteria::tolerance)},
           {{"relative-tolerance", "EPS", "relative to the residual at the start; either suffices; default 0: never"},
            free,
            nonnegative(&Criteria::relative_tolerance)},
           {{"gap-tolerance", "G", "on the problem's gap, where it has one; suffices as well; default 0: never"},
            free,
            only_if([](const Configuration& c) { return c.criteria.gap_tolerance > 0; },
                    nonnegative(&Criteria::gap_tolerance))},
           {{"check-every", "N",
             "iterations between residuals computed for the stop alone, where the method has none of its own; default "
             "auto: they cost at most a tenth of the evaluations"},
            fixed,
            count_or_auto(&Configuration::check_every, 1)},
           {{"max-iterations", "N", "default 1000000; none: no limit"},
            free,
            limit(&Criteria::max_iterations, 0),
            "1000000"},
           {{"max-seconds", "T", "such as 90s, 10m, 2h; default none"}, free, max_seconds()},
           {{"max-oracle-calls", "N", "evaluations of single components; default none"},
            free,
            limit(&Criteria::max_oracle_calls, 1)},
           {{"max-wire-bytes", "B", "up and down together, such as 2GiB; default none"}, free, max_wire_bytes()},
           {{"return", "POINT",
             "last, average or best; default: the method's own, see: vireo list methods, also for what is averaged"},
            fixed,
            return_point(),
            {},
            return_what_the_method_does}}};
}

}  // namespace vireo::app
