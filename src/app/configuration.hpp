#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/options.hpp"
#include "app/places.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/plugins/registry.hpp"
#include "vireo/solve/criteria.hpp"

namespace vireo::app {

/// When checkpoints are written besides that at the end: neither set is never.
struct CheckpointEvery {
  std::int64_t iterations = 0;
  double seconds = 0;
};

/// Everything that defines a run: what /config of a trace holds and --print-config prints.
struct Configuration {
  std::string problem;  ///< specs, as texts
  std::string method;
  std::string uplink = "none";
  std::string downlink = "none";
  std::vector<std::string> regularizers;  ///< [BLOCK=]SPEC
  std::string data;                       ///< absolute path; empty: none
  std::optional<Index> workers;           ///< empty: the problem's own number
  std::uint64_t seed = 1;
  Criteria criteria;
  std::optional<ReturnPoint> return_point;  ///< empty: the method's own; once resolved the same as in criteria
  bool allow_unproven = false;
  std::string initial;  ///< absolute path of a trace whose solution is the starting point; empty: the problem's own
  std::string trace;    ///< absolute path; empty: none
  std::int64_t trace_every = 1;
  std::string checkpoint;  ///< absolute path; empty: none
  CheckpointEvery checkpoint_every{.seconds = 600};
  double rank_timeout = 0;  ///< seconds; 0: none
  int simulated_ranks = 0;  ///< 0: MPI
  NetworkModel network;
  Places places;  ///< where all this was given, for messages
};

/// A regularizer as the user names it: on a block, or on all coordinates together where `block` is empty.
struct PlacedSpec {
  std::string block;
  Spec spec;
};
[[nodiscard]] PlacedSpec parse_placed_spec(const std::string& text);
[[nodiscard]] std::string text(const PlacedSpec& placed);

/// The options of `solve` that define the run.
[[nodiscard]] const OptionTable& run_options();

/// Makes a configuration of the options given: checks values, names and conflicts, and resolves the specs (every
/// parameter with its value). throws UsageError that names the option, or the file and line, that it comes from
[[nodiscard]] Configuration make_configuration(const GivenOptions& given, const Registry& registry);

/// Names of the options that a run which is resumed may have other values of: limits, tolerance, what is written, and
/// on what it runs.
[[nodiscard]] bool free_on_resume(const std::string& option);

/// INI text that make_configuration turns into the same configuration.
[[nodiscard]] std::string ini_text(const Configuration& configuration);

}  // namespace vireo::app
