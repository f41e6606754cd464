#include "app/run_options/fields.hpp"
#include "app/units.hpp"
#include "core/printable.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

bool simulated(const Configuration& c) { return c.simulated_ranks > 0; }

int parse_ranks(const std::string& text) {
  const auto ranks = text == none ? 0 : parse_count(text, 1);
  // each is a thread of this process
  if (ranks > 4096) throw UsageError("at most 4096 ranks can be simulated, not " + printable(text));
  return static_cast<int>(ranks);
}

/// An option of the network goes with simulated ranks alone.
auto needs_simulation(const std::string& option) {
  return [=](Configuration& c, const GivenOptions& given) {
    if (!simulated(c) && given.has(option))
      throw UsageError(c.origins.of(option) + " describes the network of " + c.origins.of("simulate") +
                       ", which is not given");
  };
}

}  // namespace

RunOptionGroup simulated_network() {
  const auto free = OnResume::free;
  return {"Simulated network",
          {{{"simulate", "P", "run P simulated ranks in this process, in place of MPI"},
            free,
            only_if(simulated, field(&Configuration::simulated_ranks, parse_ranks,
                                     [](int ranks) { return std::to_string(ranks); }))},
           {{"latency", "T", "seconds per message, such as 10us (the default)"},
            free,
            only_if(simulated, field(&NetworkModel::latency_seconds, parse_duration, duration_text)),
            {},
            needs_simulation("latency")},
           {{"bandwidth", "RATE", "such as 1Gbit/s (the default) or 100MB/s"},
            free,
            only_if(simulated, field(&NetworkModel::bytes_per_second, parse_rate, rate_text)),
            {},
            needs_simulation("bandwidth")}}};
}

}  // namespace vireo::app
