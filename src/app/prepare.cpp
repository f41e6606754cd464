#include "app/prepare.hpp"

#include <fmt/format.h>

#include "app/manifest.hpp"
#include "app/named_constants.hpp"
#include "app/return_point.hpp"
#include "app/run_files.hpp"
#include "app/text.hpp"
#include "storage/trace_reader.hpp"

namespace vireo::app {

namespace {

LoadedProblem load(const Configuration& configuration, Communicator& comm, const std::optional<ResumePoint>& from) {
  if (!from) return load_problem(configuration, comm);
  auto without_start = configuration;
  without_start.initial.clear();  // where the run began says nothing of where it goes on
  auto loaded = load_problem(without_start, comm);
  check_same_problem(loaded, *from);
  loaded.start_remark = fmt::format("goes on from {}, after {}", from->found.path,
                                    counted(trace::integer(from->contents.run, "iteration", 0), "iteration"));
  if (!from->found.remark.empty()) loaded.start_remark += " (" + from->found.remark + ")";
  return loaded;
}

/// A run that goes on keeps the spacings that it has, where nothing else is asked for.
void keep_spacings(Configuration& configuration, const ResumePoint& from, const Registry& registry) {
  if (configuration.trace_every && configuration.check_every) return;
  const auto stored = stored_configuration(from.contents.header.config, from.found.path, registry);
  if (!configuration.trace_every) configuration.trace_every = stored.trace_every;
  if (!configuration.check_every) configuration.check_every = stored.check_every;
}

/// throws UsageError if a run shall stop by a gap that it has not
void check_gap_tolerance(const Configuration& configuration, const LoadedProblem& loaded) {
  if (!(configuration.criteria.gap_tolerance > 0)) return;
  const auto refuse = [&](const std::string& why) {
    throw UsageError(configuration.origins.of("gap-tolerance") + ": " + why + "; give --tolerance instead");
  };
  const auto& name = configuration.problem.entry->name;
  if (loaded.problem->gap_definition().empty()) refuse("problem " + name + " has no gap function");
  if (!loaded.own_regularizer) refuse("the gap of problem " + name + " is not that with another regularizer");
}

}  // namespace

PreparedRun prepare_run(Communicator& comm, const Configuration& configuration, const Outputs& outputs,
                        const Registry& registry, Purpose purpose, std::optional<ResumePoint> from,
                        const Existing& existing) {
  PreparedRun run;
  run.started = utc_now();
  run.configuration = configuration;
  run.from = std::move(from);
  std::string no_checkpoint;
  if (purpose != Purpose::to_print) {
    check_files(configuration, outputs, comm);
    if (existing.go_on) run.from = look_for_checkpoint(configuration, outputs, registry, existing, comm, no_checkpoint);
    keep_checkpoint(configuration, outputs, registry, existing, run.from, comm);
    if (!run.from) keep_trace(configuration, outputs, registry, existing, comm);
  }
  if (run.from) {
    const auto stored = stored_configuration(run.from->contents.header.config, run.from->found.path, registry);
    run.configuration.method = with_former_defaults(run.configuration.method, stored.method);
  }
  if (!run.from) check_return_point(configuration);  // what version 0.1.0 began goes on as it was

  run.data = identify_data(configuration, purpose == Purpose::to_run, comm, run.from);
  run.loaded = load(configuration, comm, run.from);
  check_gap_tolerance(configuration, run.loaded);
  run.channel = make_channel(configuration, registry, *run.loaded.problem);
  check_method(run.configuration, registry, run.loaded, run.channel);
  run.configuration.workers = run.loaded.problem->layout().workers();
  if (run.from) {
    keep_spacings(run.configuration, *run.from, registry);
    check_same_run(run.configuration, *run.from, registry);
  }
  if (!run.from && purpose != Purpose::to_print) keep_trace(run.configuration, outputs, registry, existing, comm);
  if (!run.from && !no_checkpoint.empty()) run.loaded.start_remark += "no checkpoint to go on from: " + no_checkpoint;
  return run;
}

Setup set_up(PreparedRun& run) {
  if (!run.from) return find_constants(run.configuration, run.loaded);
  Setup setup;
  setup.constants = constants_of(run.from->contents.header.constants);
  setup.estimated_by = trace::text(run.from->contents.header.constants, estimated_by);
  setup.taken = constants_taken(*run.configuration.method.entry);
  return setup;
}

}  // namespace vireo::app
