#include "app/closing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/advice.hpp"
#include "app/analysis_command.hpp"
#include "app/heading.hpp"
#include "app/return_point.hpp"
#include "app/text.hpp"

namespace vireo::app {

namespace {

std::string tolerance_text(const Configuration& configuration, const Outcome& outcome) {
  const auto& c = configuration.criteria;
  const double relative = c.relative_tolerance * outcome.initial_residual;
  const double target = std::max(c.tolerance, std::isfinite(relative) ? relative : 0.0);
  return target > 0 ? fmt::format("the tolerance {:.4g}", target) : "no tolerance";
}

std::string converged_to(const Configuration& configuration, const Outcome& outcome) {
  const auto& c = configuration.criteria;
  const bool by_residual =
      outcome.residual <= c.tolerance || outcome.residual <= c.relative_tolerance * outcome.initial_residual;
  return by_residual ? "converged to " + tolerance_text(configuration, outcome)
                     : fmt::format("converged to the gap {:.4g}", c.gap_tolerance);
}

std::string reason(const Configuration& configuration, const Outcome& outcome) {
  const auto& c = configuration.criteria;
  switch (outcome.termination) {
    case Termination::converged:
      return outcome.tolerance_met
                 ? converged_to(configuration, outcome)
                 : "not converged: the recomputed residual is above " + tolerance_text(configuration, outcome);
    case Termination::max_iterations:
      return fmt::format("limit: --max-iterations {}", grouped(c.max_iterations));
    case Termination::max_seconds:
      return fmt::format("limit: --max-seconds {}", human_seconds(c.max_seconds));
    case Termination::max_oracle_calls:
      return fmt::format("limit: --max-oracle-calls {}", grouped(c.max_oracle_calls));
    case Termination::max_wire_bytes:
      return fmt::format("limit: --max-wire-bytes {}", human_bytes(static_cast<double>(c.max_wire_bytes)));
    case Termination::diverged:
      return "diverged: the residual grew far above what it had been";
    case Termination::not_finite:
      return std::isfinite(outcome.residual) ? "failed: the residual that the method found is not the one found afresh"
                                             : "failed: a number is not finite any more";
    case Termination::interrupted:
      return "interrupted by a signal";
    case Termination::stagnated:
      return fmt::format("stopped at rounding level {}, above {}", short_real(outcome.rounding_level),
                         tolerance_text(configuration, outcome));
    case Termination::below_reference:
      return fmt::format("failed: the objective is below its reference, by {}", short_real(-outcome.residual));
  }
  return "unknown";
}

std::string with_exact(std::int64_t bytes) {
  const auto human = human_bytes(static_cast<double>(bytes));
  return bytes < 1000 ? human : fmt::format("{} ({} bytes)", human, grouped(bytes));
}

/// Where one rank has much more of a part's time than the others, which then wait for it; else empty.
std::string imbalance(const std::vector<RankTotals>& ranks) {
  constexpr double uneven = 1.15;  // times the mean
  constexpr double large = 0.05;   // of the whole
  std::string out;
  const auto look_at = [&](const char* what, double RankTotals::*seconds) {
    double sum = 0, whole = 0;
    std::size_t most = 0;
    for (std::size_t r = 0; r < ranks.size(); ++r) {
      sum += ranks[r].*seconds;
      whole += ranks[r].seconds;
      if (ranks[r].*seconds > ranks[most].*seconds) most = r;
    }
    const double mean = sum / static_cast<double>(ranks.size());
    if (sum > large * whole && ranks[most].*seconds > uneven * mean)
      out += fmt::format("{}{} takes {:.2f} times the mean on rank {} ({})", out.empty() ? "" : "; ", what,
                         ranks[most].*seconds / mean, most, ranks[most].host);
  };
  if (ranks.size() > 1) {
    look_at("operator", &RankTotals::seconds_operator);
    look_at("compress", &RankTotals::seconds_compress);
  }
  return out;
}

/// "F at a point z that is, |z| = 3.2: worker 3, component 17, in iteration 12"
std::string not_finite_text(const NotFiniteAt& at) {
  return fmt::format("F at a z that is finite, |z| = {}: worker {}{}, in iteration {}", short_real(at.size), at.worker,
                     at.component ? fmt::format(", component {}", *at.component) : "", at.iteration);
}

std::string split(const Totals& t) {
  return fmt::format("{}: operator {}, compress {}, exchange {} (each the largest over ranks)",
                     human_seconds(t.seconds), human_seconds(t.seconds_operator), human_seconds(t.seconds_compress),
                     human_seconds(t.seconds_exchange));
}

}  // namespace

ExitCode exit_code(const Outcome& outcome) {
  if (failed(outcome)) return ExitCode::numerical;
  if (outcome.tolerance_met) return ExitCode::ok;
  const bool stopped =
      outcome.termination == Termination::interrupted || outcome.termination == Termination::max_seconds;
  if (stopped && outcome.saved) return ExitCode::requeue;
  // The method's own residual met the tolerance, and the one recomputed from scratch does not: rounding, or a defect.
  return outcome.termination == Termination::converged ? ExitCode::numerical : ExitCode::limit;
}

std::string termination_text(const Outcome& outcome) {
  if (outcome.termination == Termination::converged && !outcome.tolerance_met) return "not-converged";
  return to_string(outcome.termination);
}

std::string closing_table(const Configuration& configuration, const LoadedProblem& loaded, const Setup& setup,
                          const Outcome& outcome, const std::string& checkpoints) {
  const auto& t = outcome.totals;
  Table table;
  table.add("result", reason(configuration, outcome));
  table.add("residual",
            fmt::format("{}, recomputed exactly at the {} point ({} at the start{})", short_real(outcome.residual),
                        to_string(outcome.returned), short_real(outcome.initial_residual),
                        outcome.initial_residual > 0
                            ? fmt::format(", ratio {}", short_real(outcome.residual / outcome.initial_residual))
                            : ""));
  if (!std::isnan(outcome.distance)) table.add("distance", short_real(outcome.distance) + " to the known solution");
  if (!std::isnan(outcome.gap))
    table.add("gap", fmt::format("{}: {}", short_real(outcome.gap), loaded.problem->gap_definition()));
  if (outcome.not_finite_at) table.add("not finite", not_finite_text(*outcome.not_finite_at));
  table.add("iterations", grouped(outcome.iterations));
  table.add("oracle calls", fmt::format("{} ({} passes over all components)", grouped(t.oracle_calls),
                                        short_real(static_cast<double>(t.oracle_calls) /
                                                   static_cast<double>(loaded.problem->components()))));
  table.add("bytes up", with_exact(t.wire_bytes_up) + ", sent by the workers");
  table.add("bytes down", with_exact(t.wire_bytes_down) + ", received by the workers");
  table.add(configuration.simulated_ranks > 0 ? "bytes moved" : "bytes in MPI",
            with_exact(t.mpi_bytes) + ", sent by the ranks");
  table.add("time", split(t));
  if (const auto text = imbalance(outcome.ranks); !text.empty()) table.add("imbalance", text);
  if (t.seconds_monitor > 0 || t.monitor_oracle_calls > 0)
    table.add("monitor", fmt::format("{} and {}, for the trace and the check at the end; not in the numbers above",
                                     human_seconds(t.seconds_monitor), counted(t.monitor_oracle_calls, "oracle call")));
  table.add("setup", fmt::format("{}: data {}, constants {}{}", human_seconds(loaded.seconds + setup.seconds),
                                 human_seconds(loaded.seconds), human_seconds(setup.seconds),
                                 setup.oracle_calls > 0 ? " with " + counted(setup.oracle_calls, "oracle call") : ""));
  if (configuration.simulated_ranks > 0)
    table.add("modelled",
              fmt::format("{} of communication on the modelled network", human_seconds(t.seconds_modelled)));
  if (!configuration.trace.empty()) {
    table.add("trace", configuration.trace);
    table.add_command("plot it", analysis_command() + " plot " + shell_quoted(configuration.trace) + " -o plot.png");
  }
  if (!checkpoints.empty()) table.add("checkpoints", checkpoints);
  if (const auto text = other_point(configuration, outcome); !text.empty()) table.add("note", text);
  if (const auto text = advice(configuration, setup, outcome); !text.empty()) table.add("what to do", text);
  return table.text(name_width) + "\n";
}

namespace {

nlohmann::ordered_json json_of(const std::string& termination, std::int64_t iterations, double residual,
                               const Totals& totals, const std::string& trace) {
  nlohmann::ordered_json out;
  out["termination"] = termination;
  out["iterations"] = iterations;
  out["residual"] = residual;
  for (const auto& counter : counters)
    if (counter.result == Counter::Result::line)
      std::visit([&](const auto member) { out[counter.name] = totals.*member; }, counter.member);
  out["trace"] = trace.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(trace);
  return out;
}

std::string on_one_line(const nlohmann::ordered_json& json) {
  // A path need not be UTF-8; the line must be.
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string json_line(const std::string& termination, std::int64_t iterations, double residual, const Totals& totals,
                      const std::string& trace) {
  return on_one_line(json_of(termination, iterations, residual, totals, trace));
}

std::string json_line(const Configuration& configuration, const Outcome& outcome) {
  auto out =
      json_of(termination_text(outcome), outcome.iterations, outcome.residual, outcome.totals, configuration.trace);
  const auto& checkpoint = configuration.checkpoint;
  out["checkpoint"] = checkpoint.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(checkpoint);
  out["method"] = configuration.method.text();
  out["seed"] = configuration.seed;
  if (!std::isnan(outcome.gap)) out["gap"] = outcome.gap;
  if (!std::isnan(outcome.distance)) out["distance"] = outcome.distance;
  return on_one_line(out);
}

}  // namespace vireo::app
