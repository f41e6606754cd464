#include "app/run_options.hpp"

namespace vireo::app {

const std::vector<RunOptionGroup>& run_option_groups() {
  static const std::vector<RunOptionGroup> groups = {what_is_solved(), when_it_stops(), what_is_written(), faults(),
                                                     simulated_network()};
  return groups;
}

namespace {

template <class Keep>
OptionTable table_of(const Keep& keep) {
  OptionTable table;
  for (const auto& group : run_option_groups()) {
    OptionGroup kept{group.heading, {}};
    for (const auto& record : group.options)
      if (keep(record)) kept.options.push_back(record.option);
    if (!kept.options.empty()) table.push_back(std::move(kept));
  }
  return table;
}

}  // namespace

const OptionTable& run_options() {
  static const auto table = table_of([](const RunOption&) { return true; });
  return table;
}

OptionTable run_options(OnResume on_resume) {
  return table_of([&](const RunOption& record) { return record.on_resume == on_resume; });
}

}  // namespace vireo::app
