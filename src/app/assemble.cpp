#include "app/assemble.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/named_constants.hpp"
#include "app/starting_point.hpp"
#include "app/text.hpp"
#include "methods/theory.hpp"
#include "problems/component_cocoercivity.hpp"
#include "problems/constant_operator.hpp"
#include "problems/determine_constants.hpp"
#include "problems/in_context.hpp"
#include "problems/similarity.hpp"
#include "vireo/core/error.hpp"
#include "vireo/exchange/ledger.hpp"

namespace vireo::app {

namespace {

std::size_t find_block(const std::vector<Block>& blocks, const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].name == name) return i;
    names.push_back(blocks[i].name);
    list += (i == 0 ? "" : ", ") + blocks[i].name;
  }
  const auto near = nearest(name, names);
  throw UsageError("the problem has no block '" + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?") +
                   " (its blocks: " + list + ")");
}

std::unique_ptr<BlockRegularizer> make_regularizer(const Configuration& configuration, const AnyProblem& problem) {
  const auto blocks = problem.blocks();
  auto own = problem.own_regularizers();
  own.resize(blocks.size());
  std::vector<bool> taken(blocks.size(), false);
  std::vector<BlockRegularizer::Part> parts;
  for (std::size_t i = 0; i < blocks.size(); ++i)
    if (own[i] != nullptr) parts.push_back({blocks[i].name, blocks[i].range, own[i]});

  const auto take = [&](std::size_t i) {
    if (own[i] != nullptr)
      throw UsageError("block '" + blocks[i].name + "' has one of its own, " + own[i]->description());
    if (taken[i]) throw UsageError("block '" + blocks[i].name + "' is given twice");
    taken[i] = true;
  };
  const auto put = [&](const PlacedRegularizer& given) {
    const auto& [name, g] = given;
    Block place{"z", {0, problem.dimension()}};
    if (name.empty()) {
      for (std::size_t i = 0; i < blocks.size(); ++i) take(i);
      if (blocks.size() == 1) place = blocks.front();
    } else {
      const auto i = find_block(blocks, name);
      take(i);
      place = blocks[i];
    }
    parts.push_back({place.name, place.range, g.entry->make(g.parameters, place.range.size())});
  };
  for (std::size_t r = 0; r < configuration.regularizers.size(); ++r)
    configuration.origins.blame(
        "regularizer", [&] { put(configuration.regularizers[r]); }, r);
  return std::make_unique<BlockRegularizer>(problem.dimension(), std::move(parts));
}

/// "F is not monotone: <F(u)-F(v), u-v> = -0.3 |u-v|^2 at u = (1, 2, 3, ...), |u-v| = 1e-4"
std::string not_monotone_text(const problems::NotMonotone& pair) {
  constexpr std::size_t shown = 4;
  std::string u;
  for (std::size_t j = 0; j < std::min(shown, pair.u.size()); ++j) u += (j == 0 ? "" : ", ") + short_real(pair.u[j]);
  if (pair.u.size() > shown) u += ", ...";
  return fmt::format("F is not monotone: <F(u)-F(v), u-v> = {} |u-v|^2 at u = ({}), |u-v| = {}",
                     short_real(pair.curvature), u, short_real(pair.distance));
}

/// True if the user gave a step, or the L from which it follows.
bool step_is_given(const Parameters& parameters) {
  const auto values = parameters.resolved().values;
  return std::ranges::any_of(values, [&](const auto& value) {
    const auto& [name, text] = value;
    return name == "L" || (name == "step" && parameters.step("step").value > 0);
  });
}

/// Where F is constant, most problems without a set have no solution, and a run would find out never.
void refuse_unbounded(const LoadedProblem& loaded) {
  if (!problems::constant_operator_has_solution(*loaded.problem->operators(), *loaded.exchange, *loaded.regularizer,
                                                loaded.initial_point))
    throw NumericalError(
        "the problem is unbounded: F is constant and not 0, and no z solves 0 in F + dg(z); --method NAME:step=... runs "
        "all the same");
}

}  // namespace

LoadedProblem load_problem(const Configuration& configuration, Communicator& comm) {
  LoadedProblem loaded;
  {
    const Timed timed(loaded.seconds);
    const auto& [entry, parameters] = configuration.problem;
    const ProblemContext context(comm, configuration.workers, entry->default_workers, configuration.data);
    try {
      loaded.problem = entry->make(parameters, context);
    } catch (const UsageError& error) {
      throw UsageError(configuration.origins.named(error, "problem"));
    } catch (const DataError& error) {
      throw DataError(configuration.origins.named(error.what(), configuration.data.empty() ? "problem" : "data"));
    }
  }
  const auto& problem = *loaded.problem;
  loaded.regularizer = make_regularizer(configuration, problem);
  loaded.own_regularizer = configuration.regularizers.empty();
  loaded.exchange = std::make_unique<Exchange>(comm, problem.layout(), problem.dimension(), configuration.seed);
  auto start = starting_point(configuration, problem, *loaded.regularizer, comm);
  loaded.initial_point = std::move(start.z);
  loaded.start_remark = std::move(start.remark);
  return loaded;
}

Setup find_constants(const Configuration& configuration, LoadedProblem& loaded) try {
  const auto& [method, parameters] = configuration.method;
  Setup setup;
  Ledger costs;
  Ledger& before = loaded.exchange->ledger();
  loaded.exchange->book_to(costs);
  if (const auto* const F = loaded.problem->operators()) {
    const Timed timed(setup.seconds);
    auto found = problems::determine_constants(*F, *loaded.exchange, *loaded.regularizer, loaded.initial_point);
    setup.constants = found.constants;
    setup.constant = found.constant;
    if (rests_on_estimates(setup.constants)) setup.estimated_by = problems::estimate_rule;
    if (found.not_monotone) setup.not_monotone = not_monotone_text(*found.not_monotone);
    if (found.constant && !step_is_given(parameters)) refuse_unbounded(loaded);
    if (method->needs_similarity && method->needs_similarity(parameters))
      problems::determine_similarity(*F, *loaded.exchange, setup.constants);
    if (!found.constant && method->needs_component_cocoercivity && method->needs_component_cocoercivity(parameters)) {
      setup.component_bound = setup.constants.cocoercivity_component;
      problems::determine_component_cocoercivity(*F, *loaded.exchange, setup.constants);
    }
  }
  loaded.exchange->book_to(before);
  setup.oracle_calls = combine(loaded.exchange->communicator(), costs.oracle_calls, Reduction::sum);

  setup.own_L = setup.constants.L;
  // For what is said of the run; where a method is made, the same is done.
  setup.constants = methods::with_given(setup.constants, parameters);
  setup.taken = constants_taken(*method);
  return setup;
} catch (...) {
  problems::throw_further_within("set-up");
}

std::vector<std::string> constants_taken(const MethodPlugIn& method) {
  std::vector<std::string> taken;
  for (const auto& constant : methods::constant_parameters())
    for (const auto& parameter : method.parameters)
      if (parameter.name == constant.name) taken.push_back(constant.name);
  return taken;
}

Channel make_channel(const Configuration& configuration, const Registry& registry, const AnyProblem& problem) {
  const auto make = [&](const std::string& option, const Chosen<CompressorPlugIn>& chosen) {
    return configuration.origins.blame(option, [&] {
      auto made = chosen.entry->make(chosen.parameters, registry.compressors);
      static_cast<void>(
          made->theory(problem.dimension(), problem.layout().workers()));  // refuses what does not fit the problem
      return made;
    });
  };
  return {make("uplink", configuration.uplink), make("downlink", configuration.downlink)};
}

MethodPointer make_method(const Configuration& configuration, const Registry& registry, LoadedProblem& loaded,
                          const Channel& channel, Oracle& oracle, const Constants& constants) {
  const auto& chosen = configuration.method;
  return configuration.origins.blame("method", [&] {
    return chosen.entry->make(
        chosen.parameters,
        MethodContext{.oracle = oracle,
                      .exchange = *loaded.exchange,
                      .regularizer = *loaded.regularizer,
                      .channel = channel,
                      .constants = constants,
                      .seed = configuration.seed,
                      .allow_unproven = configuration.allow_unproven,
                      .make_compressor =
                          [&registry](const std::string& spec) { return make_compressor(registry.compressors, spec); },
                      .make_method =
                          [&](const std::string& spec) {
                            auto other = configuration;
                            other.method = choose(registry.methods, spec);
                            other.uplink = other.downlink = choose(registry.compressors, "none");
                            const auto uncompressed = make_channel(other, registry, *loaded.problem);
                            return make_method(other, registry, loaded, uncompressed, oracle, constants);
                          }});
  });
}

Constants placeholder_constants() {
  const Constant huge{1e12, Origin::given};
  return {.L = huge,
          .L_tilde = huge,
          .L_component = huge,
          .mu = Constant{1.0, Origin::given},
          .cocoercivity = huge,
          .cocoercivity_component = huge,
          .similarity = huge,
          .similarity_first = huge,
          .L_ms = huge};
}

void check_method(const Configuration& configuration, const Registry& registry, LoadedProblem& loaded,
                  const Channel& channel) {
  Oracle oracle(*loaded.problem, *loaded.exchange);
  static_cast<void>(make_method(configuration, registry, loaded, channel, oracle, placeholder_constants()));
}

}  // namespace vireo::app
