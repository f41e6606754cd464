#include <chrono>

#include "app/commands.hpp"
#include "app/configuration.hpp"
#include "app/console.hpp"
#include "app/earlier_files.hpp"
#include "app/rank_watch.hpp"
#include "app/resume_point.hpp"
#include "app/run_and_print.hpp"
#include "app/run_options.hpp"
#include "app/stored_trace.hpp"
#include "app/subcommands.hpp"
#include "app/units.hpp"
#include "io/named_file.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

const OptionTable& resume_options() {
  static const OptionTable table = [] {
    auto out = run_options(OnResume::free);
    out.push_back({"What is done and said",
                   {overwrite_option(),
                    {"quiet", "", "print nothing but the last line, which is JSON"},
                    {"help", "", "print this"}}});
    return out;
  }();
  return table;
}

/// What a run may not have otherwise than before is known, so that the message can say so.
GivenOptions read_options(const Call& call) {
  auto known = resume_options();
  const auto fixed = run_options(OnResume::fixed);
  known.insert(known.end(), fixed.begin(), fixed.end());
  auto given = read_command_line(call.arguments, known, "resume");
  for (const auto& group : fixed)
    for (const auto& option : group.options)
      if (given.has(option.name))
        throw UsageError("--" + option.name +
                         " is the checkpoint's: resume takes limits, tolerances, outputs and a network; see: vireo "
                         "resume --help");
  return given;
}

/// The checkpoint's own configuration; what is given on the command line wins. Collective.
GivenOptions with_stored(GivenOptions given, const ResumePoint& from, const std::string& named, const Call& call) {
  auto stored = read_ini(from.contents.header.config, from.found.path + ":/config", run_options());
  if (const auto* const trace = stored.find("trace"); trace != nullptr && !given.has("trace")) {
    std::string path;
    collectively(call.world, [&] {
      if (call.world.rank() == 0) path = stored_trace(from, named, trace->text, call.command_line);
    });
    given.add("trace", {broadcast(call.world, path, 0), trace->where});
  }
  if (given.has("simulate") && given.find("simulate")->text == "none")
    for (const char* const network : {"latency", "bandwidth"}) stored.drop(network);
  given.positional.clear();
  given.fill_from(stored);
  return given;
}

/// Checkpoints go on in the file that was named, as the newest generation.
std::string place_of(const std::string& path) {
  const auto suffix = checkpoint::previous_of("");
  return path.ends_with(suffix) ? path.substr(0, path.size() - suffix.size()) : path;
}

/// The checkpoint that was named, once the run which goes on from it has the right to write there, if it will: two
/// runs that go on from one checkpoint must not both go on to write it.
Continuation begin(Communicator& comm, const std::string& named, const GivenOptions& given) {
  std::string path;
  std::int64_t in_place = 0;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    path = io::target_of(named);
    const auto place = place_of(path);
    const auto* const other = given.find("checkpoint");
    const bool there = checkpoint::lies_at(place);
    in_place = there && (other == nullptr || io::same_place(io::target_of(io::absolute_path(other->text)), place));
    if (in_place != 0) path = io::target_of(named, io::Links::of_this_user);
  });
  path = broadcast(comm, path, 0);
  in_place = combine(comm, in_place, Reduction::maximum);
  Continuation out;
  if (in_place == 1) out.checkpoint = take_output(comm, {}, "checkpoint", place_of(path), Holding::until_end);
  out.from = read_resume_point(comm, checkpoint::find(comm, path));
  return out;
}

/// As --rank-timeout says; what is wrong with that is said once all options are read.
double rank_timeout(const GivenOptions& given) {
  const auto* const option = given.find("rank-timeout");
  try {
    return option == nullptr ? 0 : parse_duration(option->text);
  } catch (const UsageError&) {
    return 0;
  }
}

}  // namespace

ExitCode resume_command(const Call& call) {
  const auto started = std::chrono::steady_clock::now();
  auto given = read_options(call);
  if (given.flag("help")) {
    Console(call.world.rank() == 0)
        .print(
            usage("resume") +
            "\n\n"
            "Goes on with a run from its checkpoint, on any number of ranks, to the same bytes as if it had not been\n"
            "interrupted. Options that are not given are those of the run.\n"
            "\n"
            "  mpirun -n 3 vireo resume run.ckpt.h5 --max-seconds 1h\n" +
            help_text(resume_options()));
    return ExitCode::ok;
  }
  if (given.positional.size() != 1) throw UsageError("resume takes one file: " + usage("resume"));
  const auto named = io::absolute_path(given.positional.front());
  auto continuation = [&] {
    const RankWatch watch(call.world, rank_timeout(given));
    return begin(call.world, named, given);
  }();
  const auto& from = continuation.from;

  const bool quiet = given.flag("quiet");
  const bool simulate_given = given.has("simulate");
  if (!given.has("checkpoint")) given.add("checkpoint", {place_of(named), "--checkpoint"});
  Configuration configuration;
  try {
    configuration = make_configuration(with_stored(given, from, named, call), call.registry);
  } catch (const UsageError& error) {
    const std::string text = error.what();
    if (text.starts_with(from.found.path)) throw DataError(text);  // the file is at fault, not the command line
    throw;
  }
  if (configuration.simulated_ranks > 0 && call.world.size() > 1)
    throw UsageError(
        std::string("--simulate") + (simulate_given ? "" : ", which the checkpoint's run was started with") +
        ": simulated ranks live in one process; start the program without mpirun, or with --simulate none");
  return run_and_print(call, configuration,
                       {.started = started, .existing = {.go_on = false, .overwrite = given.flag("overwrite")}}, quiet,
                       std::move(continuation));
}

}  // namespace vireo::app
