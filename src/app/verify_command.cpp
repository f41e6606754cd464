#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "app/assemble.hpp"
#include "app/closing.hpp"
#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/constants_agreement.hpp"
#include "app/named_constants.hpp"
#include "app/run_options.hpp"
#include "app/subcommands.hpp"
#include "app/text.hpp"
#include "core/printable.hpp"
#include "problems/residual_at.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/problems/objective.hpp"
#include "vireo/solve/solver.hpp"

namespace vireo::app {

namespace {

const OptionTable& verify_options() {
  static const OptionTable table = {
      {"Options", {{"quiet", "", "print nothing but the last line, which is JSON"}, {"help", "", "print this"}}}};
  return table;
}

/// A trace that can be verified: one that a run has finished.
trace::Trace read_complete(const std::string& path) {
  auto trace = trace::read(path);
  if (!trace.solution || trace::text(trace.manifest, "status") != "complete")
    throw DataError(path + ": is the trace of a run that did not finish (status " +
                    printable(trace::text(trace.manifest, "status")) + "): it has no solution to verify");
  if (!trace::real(trace.solution_attributes, "residual"))
    throw DataError(path + ": its solution has no residual to compare with");
  return trace;
}

/// The program that made the trace, if it is not Vireo's own, which knows no other plug-ins.
std::string own_program(const trace::Trace& trace) {
  for (const auto& [name, value] : trace.manifest) {
    const auto* const words = std::get_if<std::vector<std::string>>(&value);
    if (name != "argv" || words == nullptr || words->empty()) continue;
    const auto program = std::filesystem::path(words->front()).filename().string();
    return program == "vireo" || program == "vireo::solve" ? "" : program;
  }
  return "";
}

Configuration configuration_of(const trace::Trace& trace, const Registry& registry) {
  try {
    auto configuration = make_configuration(read_ini(trace.config, trace.path + ":/config", run_options()), registry);
    const auto workers = trace::integer(trace.manifest, "workers", 0);
    if (workers > 0) configuration.workers = static_cast<Index>(workers);
    configuration.initial.clear();  // where the run began says nothing of where it ended
    return configuration;
  } catch (const UsageError& error) {  // the user's command line is fine, it is the file that is not
    const std::string text = error.what();
    const auto maker = own_program(trace);
    if (maker.empty() || text.find(": unknown ") == std::string::npos) throw DataError(text);
    throw DataError(text + "; it is the trace of the program '" + printable(maker) + "': verify it with that");
  }
}

/// True if the run began at a point of another file.
bool began_elsewhere(const trace::Trace& trace) {
  return read_ini(trace.config, trace.path + ":/config", run_options()).has("initial");
}

/// The problem that the trace is of. What does not fit is the file's fault.
LoadedProblem rebuild(const trace::Trace& trace, const Configuration& configuration, Communicator& comm) try {
  auto loaded = load_problem(configuration, comm);
  const auto& problem = *loaded.problem;
  if (const auto stored = trace::text(trace.problem, "fingerprint"); stored != problem.fingerprint())
    throw DataError(fmt::format("{}: was made from other data ({}) than what is there now ({})", trace.path,
                                printable(stored), problem.fingerprint()));
  if (trace.solution->size() != problem.dimension())
    throw DataError(fmt::format("{}: its solution has {} coordinates, but the problem has {}", trace.path,
                                trace.solution->size(), problem.dimension()));
  return loaded;
} catch (const UsageError& error) {
  throw DataError(error.what());
}

/// ||F_m(z)|| of the worker where it is largest, over all ranks; of those that F_m(z) is defined for
double largest_worker_norm(const LoadedProblem& loaded, ConstView z) {
  auto& comm = loaded.exchange->communicator();
  if (const auto* const f = loaded.problem->objective()) return std::abs(f->value(z));
  Vector F(z.size());
  double largest = 0;
  const auto mine = loaded.exchange->workers();
  for (Index m = mine.begin; m < mine.end; ++m) {
    try {
      loaded.problem->operators()->shard(m).mean(z, F);
      largest = std::max(largest, kernels::norm(F));
    } catch (const Error&) {  // said where the residual is computed
    }
  }
  for (const auto bits : gather_all(comm, std::bit_cast<std::int64_t>(largest)))
    largest = std::max(largest, std::bit_cast<double>(bits));
  return largest;
}

/// How far two evaluations of the same residual may be apart. On one kind of processor they are equal to the last bit;
/// on another, each sum in F_m is rounded in another order. Its terms are of the size of the F_m(z), which cancel in
/// the mean at a solution, and of L ||z||, which cancel within F_m; z itself is rounded in z - prox(z - F). 64 units of
/// rounding are several times what sums of thousands of terms lose.
///
/// L is the rebuilt problem's, whatever the file gives with its method. That is not enough: the problem is the file's
/// as well, and may be one of any L. So the allowance is at most a millionth of what F_m really is at z, and at z with
/// every other sign turned, where the terms that cancel in F_m(z) do not.
double rounding_allowance(ConstView z, double L, const LoadedProblem& loaded, double residual) {
  constexpr double most = 1e-6;
  const double z_norm = kernels::norm(z);
  const double F_norm = largest_worker_norm(loaded, z);
  Vector turned(z.begin(), z.end());
  for (std::size_t j = 1; j < turned.size(); j += 2) turned[j] = -turned[j];
  const double turned_norm = largest_worker_norm(loaded, turned);
  const double scale = z_norm + F_norm + (std::isfinite(turned_norm) ? turned_norm : 0);
  const double allowance = 64 * 0x1p-52 * ((1 + L) * z_norm + F_norm);
  return std::min(allowance, most * scale) + 1e-12 * std::abs(residual);
}

/// NaN where F is not finite
double recomputed_residual(const LoadedProblem& loaded, ConstView z) try {
  return problems::residual_at(*loaded.problem, *loaded.exchange, *loaded.regularizer, z);
} catch (const NotFinite&) {  // on all ranks alike
  return std::numeric_limits<double>::quiet_NaN();
}

Totals totals_of(const trace::Trace& trace) {
  const auto& stored = trace.solution_attributes;
  Totals totals;
  for_each_counter([&](const Counter& counter, auto member) {
    if constexpr (std::is_same_v<decltype(member), std::int64_t Totals::*>)
      totals.*member = trace::integer(stored, counter.name, 0);
    else
      totals.*member = trace::real(stored, counter.name).value_or(0.0);
  });
  return totals;
}

/// What verify has found: the file's word beside what follows from the file's configuration.
struct Findings {
  double stored = 0;                     ///< the residual of the file
  double residual = 0;                   ///< found again
  double allowance = 0;                  ///< by how much they may differ
  std::vector<std::string> constants{};  ///< those that differ

  /// A residual that is not finite is that of no solution, and agrees with nothing.
  [[nodiscard]] bool same_residual() const {
    return std::isfinite(stored) && std::isfinite(residual) && std::abs(residual - stored) <= allowance;
  }
  [[nodiscard]] bool agrees() const { return same_residual() && constants.empty(); }
  [[nodiscard]] std::string verdict() const {
    if (!std::isfinite(residual)) return "DISAGREES: F is not finite at the stored solution";
    if (!same_residual()) return "DISAGREES: the stored residual is not the one of the stored solution";
    return constants.empty() ? "agrees" : "DISAGREES: constants of the file are not those of the problem";
  }
};

/// The constants found again that those of a file are to be compared with: files of before hold a bound where
/// cocoercivity_component is computed now.
Constants comparable(const Setup& setup, const Constants& stored) {
  auto found = setup.constants;
  const auto& components = stored.cocoercivity_component;
  if (components && components->origin == Origin::bounded && setup.component_bound)
    found.cocoercivity_component = setup.component_bound;
  return found;
}

/// Nothing of the file is taken on trust but its configuration and its solution: the constants are found again as well.
/// Those that are estimated around a starting point of another file can not be, nor those that an older program
/// estimated in another way.
Findings look_at(const trace::Trace& trace, const Configuration& configuration, bool own_start, Communicator& comm) {
  auto loaded = rebuild(trace, configuration, comm);
  const auto setup = find_constants(configuration, loaded);
  const auto stored = constants_of(trace.problem);
  Findings found;
  found.stored = *trace::real(trace.solution_attributes, "residual");
  found.residual = recomputed_residual(loaded, *trace.solution);
  found.allowance = rounding_allowance(*trace.solution, setup.own_L ? setup.own_L->value : 0, loaded, found.residual);
  if (!setup.constant)  // of an F that is constant, any are right
    found.constants = differences(stored, comparable(setup, stored),
                                  own_start && trace::text(trace.problem, estimated_by) == setup.estimated_by);
  return found;
}

}  // namespace

ExitCode verify_command(const Call& call) {
  auto& comm = call.world;
  const auto given = read_command_line(call.arguments, verify_options(), "verify");
  const Console console(comm.rank() == 0 && !given.flag("quiet"));
  if (given.flag("help")) {
    console.print(usage("verify") +
                  "\n\n"
                  "Rebuilds the problem from the trace's own configuration, with its number of workers,\n"
                  "finds its constants again, and recomputes the residual at the stored solution.\n"
                  "Exit code 0: all agree; 4: they do not.\n" +
                  help_text(verify_options()));
    return ExitCode::ok;
  }
  if (given.positional.size() != 1) throw UsageError("verify takes one file: " + usage("verify"));
  const auto& path = given.positional.front();

  // Every rank reads the file: the solution is needed everywhere.
  trace::Trace trace;
  trace::examine(comm, path);
  collectively(comm, [&] { trace = read_complete(path); });
  const auto configuration = configuration_of(trace, call.registry);
  const auto found = look_at(trace, configuration, !began_elsewhere(trace), comm);
  const auto iterations = trace::integer(trace.solution_attributes, "iterations", 0);
  Table table;
  table.add("trace", path);
  table.add("problem", configuration.problem.text());
  if (!configuration.data.empty()) table.add("data", configuration.data);
  table.add("run",
            fmt::format("{} after {}", trace::text(trace.manifest, "termination"), counted(iterations, "iteration")));
  table.add("stored", "residual " + format_real(found.stored));
  table.add("recomputed", "residual " + format_real(found.residual));
  if (std::isfinite(found.stored) && std::isfinite(found.residual))
    table.add("difference", fmt::format("{:.3g}; up to {:.3g} may be rounding", std::abs(found.residual - found.stored),
                                        found.allowance));
  for (const auto& constant : found.constants) table.add("constant", constant);
  table.add("verdict", found.verdict());
  console.print(table.text() + "\n");

  const auto totals = totals_of(trace);
  auto json = nlohmann::ordered_json::parse(
      json_line(trace::text(trace.manifest, "termination"), iterations, found.residual, totals, path));
  json["stored_residual"] = found.stored;
  json["constants_differ"] = found.constants;
  json["agrees"] = found.agrees();
  Console(comm.rank() == 0).print(json.dump() + "\n");
  return found.agrees() ? ExitCode::ok : ExitCode::numerical;
}

}  // namespace vireo::app
