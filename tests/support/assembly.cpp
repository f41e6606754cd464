#include "support/assembly.hpp"

#include "problems/component_cocoercivity.hpp"
#include "problems/determine_constants.hpp"
#include "problems/similarity.hpp"

namespace vireo::test {

Registry& registry() {
  static Registry all = Registry::builtin();
  return all;
}

Assembly::Assembly(Communicator& comm, const std::string& problem_spec, const std::string& method_spec,
                   const std::string& uplink, const std::string& downlink, std::uint64_t seed,
                   std::optional<Index> workers, const std::string& data, RegularizerPointer g, bool allow_unproven)
    : communicator(comm) {
  const Registry& registry = test::registry();
  const auto spec = Spec::parse(problem_spec);
  const auto& plug = registry.problems.find(spec.name);
  problem = plug.make(Parameters("problem", spec, plug.parameters),
                      ProblemContext(comm, workers, plug.default_workers, data));
  const Index d = problem->dimension();
  std::vector<BlockRegularizer::Part> parts;
  const auto own = problem->own_regularizers();
  const auto blocks = problem->blocks();
  for (std::size_t b = 0; b < blocks.size(); ++b)
    if (g || !own.empty()) parts.push_back({blocks[b].name, blocks[b].range, g ? g : own[b]});
  regularizer = std::make_unique<BlockRegularizer>(d, std::move(parts));
  exchange = std::make_unique<Exchange>(comm, problem->layout(), d, seed);
  oracle = std::make_unique<Oracle>(*problem, *exchange);
  z0 = problem->initial_point();
  regularizer->prox(1.0, z0);
  if (const auto* const F = problem->operators())
    constants = problems::determine_constants(*F, *exchange, *regularizer, z0).constants;
  const auto how = Spec::parse(method_spec);
  const auto& entry = registry.methods.find(how.name);
  const Parameters parameters("method", how, entry.parameters);
  if (entry.needs_similarity && entry.needs_similarity(parameters))
    problems::determine_similarity(*problem->operators(), *exchange, constants);
  if (entry.needs_component_cocoercivity && entry.needs_component_cocoercivity(parameters))
    problems::determine_component_cocoercivity(*problem->operators(), *exchange, constants);
  exchange->book_to(ledger);
  const auto compressor = [&](const std::string& text) { return make_compressor(registry.compressors, text); };
  const auto context = [&](const std::string& up, const std::string& down) {
    return MethodContext{.oracle = *oracle,
                         .exchange = *exchange,
                         .regularizer = *regularizer,
                         .channel = {compressor(up), compressor(down)},
                         .constants = constants,
                         .seed = seed,
                         .allow_unproven = allow_unproven,
                         .make_compressor = compressor};
  };
  auto whole = context(uplink, downlink);
  whole.make_method = [&](const std::string& text) {
    const auto other = Spec::parse(text);
    const auto& found = registry.methods.find(other.name);
    return found.make(Parameters("method", other, found.parameters), context("none", "none"));
  };
  method = entry.make(parameters, std::move(whole));
  solution = problem->solution();
}

Outcome Assembly::solve(const Criteria& criteria, std::int64_t trace_every, std::span<Observer* const> observers) {
  return vireo::solve(
      {communicator, *problem, *regularizer, *exchange, *oracle, *method, solution ? &*solution : nullptr, true}, z0,
      criteria, trace_every, observers);
}

Vector Assembly::F(ConstView z) {
  Vector out(z.size());
  exchange->mean([&](Index m, View x) { problem->operators()->shard(m).mean(z, x); }, out);
  return out;
}

}  // namespace vireo::test
