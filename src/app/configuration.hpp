#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/option_origins.hpp"
#include "app/placed_spec.hpp"
#include "plugins/chosen.hpp"
#include "vireo/app/registry.hpp"
#include "vireo/comm/simulated.hpp"
#include "vireo/solve/criteria.hpp"

namespace vireo::app {

/// Interval of intermediate checkpoints. Both fields 0: only the final one is written.
struct CheckpointEvery {
  std::int64_t iterations = 0;
  double seconds = 0;
};

/// A regularizer on a block of coordinates, or on all of them together where `block` is empty.
struct PlacedRegularizer {
  std::string block;
  Chosen<RegularizerPlugIn> regularizer;
};

/// Everything that defines a run: what /config of a trace holds and --print-config prints. The registry that
/// it is made with outlives it. How the fields are read and written: run_options.hpp.
struct Configuration {
  Chosen<ProblemPlugIn> problem;
  Chosen<MethodPlugIn> method;
  Chosen<CompressorPlugIn> uplink;
  Chosen<CompressorPlugIn> downlink;
  std::vector<PlacedRegularizer> regularizers;
  std::string data;              ///< absolute path; empty: none
  std::optional<Index> workers;  ///< empty: the problem's own number
  std::uint64_t seed = 1;
  Criteria criteria;
  bool allow_unproven = false;
  std::string initial;  ///< absolute path of a trace whose solution is the starting point; empty: the problem's own
  std::string trace;    ///< absolute path; empty: none
  std::optional<std::int64_t> trace_every;  ///< 0: first and last row alone; empty: automatic, before the run
  std::optional<std::int64_t> check_every;  ///< of the criteria; empty: automatic, before the run
  std::string checkpoint;                   ///< absolute path; empty: none
  CheckpointEvery checkpoint_every{.seconds = 600};
  double rank_timeout = 0;  ///< seconds; 0: none
  int simulated_ranks = 0;  ///< 0: MPI
  NetworkModel network;
  OptionOrigins origins;  ///< where all this was given, for messages
};

/// Makes a configuration of the options given: checks values, names and conflicts, and resolves the specs
/// (every parameter with its value). throws UsageError that names the option, or the file and line, that it
/// comes from
[[nodiscard]] Configuration make_configuration(const GivenOptions& given, const Registry& registry);

/// INI text that make_configuration turns into the same configuration.
[[nodiscard]] std::string ini_text(const Configuration& configuration);

}  // namespace vireo::app
