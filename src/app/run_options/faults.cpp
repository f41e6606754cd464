#include "app/run_options/fields.hpp"
#include "app/units.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

double parse_timeout(const std::string& text) {
  if (text == none) return 0;
  const double seconds = parse_duration(text);
  if (seconds == 0) throw UsageError("must be longer than 0 s");
  return seconds;
}

}  // namespace

RunOptionGroup faults() {
  return {
      "Faults",
      {{{"rank-timeout", "T",
         "end the run if no iteration ends for so long, or if the set-up stands still, because a rank or its operator "
         "hangs or is stopped; longer than the longest iteration, checkpoint and reading of data; default none"},
        OnResume::free,
        only_if([](const Configuration& c) { return c.rank_timeout > 0; },
                field(&Configuration::rank_timeout, parse_timeout, duration_text))}}};
}

}  // namespace vireo::app
