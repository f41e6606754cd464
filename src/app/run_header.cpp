#include "app/run_header.hpp"

#include <cmath>

#include "app/bounds.hpp"
#include "app/manifest.hpp"
#include "app/named_constants.hpp"
#include "app/text.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::app {

namespace {

hdf5::Attributes constant_attributes(const Setup& setup) {
  auto out = attributes_of(setup.constants);
  if (!setup.estimated_by.empty()) out.emplace_back(estimated_by, setup.estimated_by);
  return out;
}

hdf5::Attributes problem_attributes(const LoadedProblem& loaded, const Setup& setup) {
  const auto& problem = *loaded.problem;
  hdf5::Attributes out{{"dimension", static_cast<std::int64_t>(problem.dimension())},
                       {"components", static_cast<std::int64_t>(problem.components())},
                       {"fingerprint", problem.fingerprint()},
                       {"regularizer", loaded.regularizer->description()},
                       {"setup_seconds_data", loaded.seconds},
                       {"setup_seconds_constants", setup.seconds},
                       {"setup_oracle_calls", setup.oracle_calls}};
  for (const auto& constant : constant_attributes(setup)) out.push_back(constant);
  return out;
}

/// The manifest of a run that goes on is that of the ranks it goes on with, under the name that the run has had.
hdf5::Attributes manifest_of(const PreparedRun& run, Communicator& comm, const std::vector<std::string>& command_line) {
  auto out = manifest(comm, run.configuration, *run.configuration.workers, command_line, run.started);
  if (run.from)
    for (auto& [name, value] : out)
      if (name == "run") value = trace::text(run.from->contents.header.manifest, "run");
  return out;
}

std::vector<trace::Header::Block> blocks_of(const AnyProblem& problem) {
  std::vector<trace::Header::Block> out;
  for (const auto& block : problem.blocks()) out.push_back({block.name, block.range});
  return out;
}

/// ||z^0 - z*||, where z* is known. A run that goes on from a checkpoint does not know z^0 any more.
std::optional<double> first_distance(const PreparedRun& run, const std::optional<Vector>& solution) {
  if (!solution || run.from) return std::nullopt;
  return kernels::distance(run.loaded.initial_point, *solution);
}

}  // namespace

checkpoint::Header checkpoint_header(const PreparedRun& run, const Setup& setup, Communicator& comm,
                                     const std::vector<std::string>& command_line) {
  return {.manifest = manifest_of(run, comm, command_line),
          .problem = problem_attributes(run.loaded, setup),
          .constants = constant_attributes(setup),
          .config = ini_text(run.configuration),
          .data = run.data};
}

std::unique_ptr<trace::Writer> open_trace(const PreparedRun& run, const Outputs& outputs,
                                          const checkpoint::Header& of_run, const Method& method,
                                          const std::optional<Vector>& solution, Communicator& comm,
                                          std::int64_t rows) {
  const auto& configuration = run.configuration;
  if (configuration.trace.empty()) return nullptr;
  const auto hosts = gather_all(comm, comm.host());
  const trace::Header header{.manifest = of_run.manifest,
                             .problem = of_run.problem,
                             .config = of_run.config,
                             .simulated = configuration.simulated_ranks > 0,
                             .gap = run.loaded.problem->gap_definition(),
                             .blocks = blocks_of(*run.loaded.problem),
                             .theory = bounds_of(method.rates(), first_distance(run, solution)),
                             .segment = {comm.size(), host_list(hosts), batch_job(), run.started}};
  std::unique_ptr<trace::Writer> writer;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    configuration.origins.blame("trace", [&] {
      writer = rows > 0 ? std::make_unique<trace::Writer>(outputs.trace.path, header, rows)
                        : std::make_unique<trace::Writer>(outputs.trace.path, header);
    });
  });
  return writer;
}

}  // namespace vireo::app
