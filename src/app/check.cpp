#include "app/check.hpp"

#include <algorithm>
#include <array>

#include "app/assemble.hpp"
#include "app/run_options.hpp"

namespace vireo::app {

const OptionTable& check_options() {
  static const OptionTable table = [] {
    constexpr std::array taken{"problem", "regularizer", "data", "workers"};
    OptionGroup options{"What is looked at", {}};
    for (const auto& group : run_options())
      for (const auto& option : group.options)
        if (std::ranges::find(taken, option.name) != taken.end()) options.options.push_back(option);
    return OptionTable{options};
  }();
  return table;
}

Configuration configuration_to_check(GivenOptions given, const Registry& registry) {
  given.add("method", {"extragradient", "method"});  // none is made; a configuration has one
  return make_configuration(given, registry);
}

OperatorReport check(Communicator& comm, const Configuration& configuration) {
  const auto loaded = load_problem(configuration, comm);
  const auto* const problem = loaded.problem->operators();
  if (problem == nullptr)
    throw UsageError(configuration.origins.of("problem") + ": problem '" + configuration.problem.entry->name +
                     "' minimises a function, and has no operator to check");
  return check_operator(*problem, *loaded.exchange, *loaded.regularizer, loaded.initial_point);
}

}  // namespace vireo::app
