#include "app/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/named_constants.hpp"
#include "app/text.hpp"
#include "solve/termination.hpp"

namespace vireo::app {

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

/// A constraint set can keep a run with too long a step from leaving for infinity: then it wanders until a limit ends
/// it.
bool came_no_nearer(const Outcome& outcome) {
  return !outcome.tolerance_met && outcome.iterations > 0 && outcome.residual >= outcome.initial_residual;
}

bool estimated(const std::optional<Constant>& constant) { return constant && constant->origin == Origin::estimated; }

/// Ten times the estimates that the method would take from the user
Values larger_estimates(const Setup& setup) {
  Values out;
  for (const auto& [name, constant] : named(setup.constants))
    if (constant.origin == Origin::estimated && name != "mu" && std::ranges::count(setup.taken, name) > 0)
      out.emplace_back(name, short_real(10 * constant.value));
  return out;
}

/// A smaller step than the user's: the theory's where a multiple of it was asked for, else a tenth. Empty where the
/// method has no step.
Values smaller_step(const Chosen<MethodPlugIn>& method) {
  if (std::ranges::find(method.entry->parameters, "step", &Parameter::name) == method.entry->parameters.end())
    return {};
  const auto step = method.parameters.step("step");
  if (step.value > 0) return {{"step", short_real(0.1 * step.value)}};
  if (step.factor > 1) return {{"step", "1x"}};
  return {{"step", format_real(0.1 * step.factor) + "x"}};
}

std::string taken_from(const Chosen<MethodPlugIn>& method, const Values& changed) {
  return "--method " + shell_quoted(spec_with(method, changed));
}

/// Empty: F is not known to be so.
std::string not_monotone(const Setup& setup) {
  const auto& mu = setup.constants.mu;
  if (!setup.not_monotone.empty() || !mu || !(mu->value < 0)) return setup.not_monotone;
  return fmt::format("F is not monotone: <F(u)-F(v), u-v> = {} |u-v|^2 at some u and v ({})", short_real(mu->value),
                     to_string(mu->origin));
}

std::string when_diverged(const Configuration& configuration, const Setup& setup) {
  const auto& method = configuration.method;
  const auto step = smaller_step(method);
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", or ") + text; };
  if (!step.empty()) add("take a smaller step, as in " + taken_from(method, step));
  if (estimated(setup.constants.L)) {
    if (const auto larger = larger_estimates(setup); !larger.empty())
      add("give what you know, as in " + taken_from(method, larger));
    out = fmt::format("L = {} is an estimate from finite differences and may be too small{}{}",
                      short_real(setup.constants.L->value), out.empty() ? "" : ": ", out);
  }
  if (const auto text = not_monotone(setup); !text.empty()) return text + (out.empty() ? "" : "; " + out);
  if (estimated(setup.constants.L)) return out;
  return out + (out.empty() ? "look" : ", and look") + " whether the problem is monotone (mu above)";
}

}  // namespace

bool failed(const Outcome& outcome) { return solving::failed(outcome.termination) || !std::isfinite(outcome.residual); }

std::string spec_with(const Chosen<MethodPlugIn>& method, const Values& changed) {
  const auto defaults =
      Parameters("method", {.name = method.entry->name, .values = {}}, method.entry->parameters).resolved().values;
  auto spec = method.parameters.resolved();
  std::erase_if(spec.values, [&](const auto& value) { return std::ranges::count(defaults, value) > 0; });
  for (const auto& [name, text] : changed) {
    const auto at = std::ranges::find(spec.values, name, &std::pair<std::string, std::string>::first);
    if (at == spec.values.end())
      spec.values.emplace_back(name, text);
    else
      at->second = text;
  }
  return spec.text();
}

std::string advice(const Configuration& configuration, const Setup& setup, const Outcome& outcome) {
  switch (outcome.termination) {
    case Termination::stagnated:
      return fmt::format(
          "no method gets lower in double precision: ask for less, as in --tolerance {}, or scale the problem; "
          "--tolerance 0 with --relative-tolerance 0 goes on all the same",
          short_real(20 * outcome.rounding_level));
    case Termination::below_reference:
      return "reference() of the objective must be its smallest value, or a lower bound: correct it";
    case Termination::not_finite:
      if (const auto& at = outcome.not_finite_at; at && outcome.iterations > 0)
        return "see whether F is defined at such z; if z should not get there, give F its set, as in --regularizer "
               "box:lower=0, or else " +
               when_diverged(configuration, setup);
      if (outcome.iterations == 0) return "F is not finite at the starting point: look at the data, or at the operator";
      break;
    default:
      break;
  }
  if (failed(outcome) || (came_no_nearer(outcome) && (estimated(setup.constants.L) || !not_monotone(setup).empty())))
    return when_diverged(configuration, setup);
  return "";
}

}  // namespace vireo::app
