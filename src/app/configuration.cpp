#include "app/configuration.hpp"

#include <tuple>

#include "app/run_options.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

template <class Use>
void for_each_record(const Use& use) {
  for (const auto& group : run_option_groups())
    for (const auto& record : group.options) use(record);
}

void read(const RunOption& record, const GivenOptions& given, const Registry& registry, Configuration& out) {
  const auto& name = record.option.name;
  if (!given.has(name) && !record.fallback.empty()) record.field.read(out, record.fallback, registry);
  std::size_t which = 0;
  for (const auto& value : given.all(name))
    out.origins.blame(
        name, [&] { record.field.read(out, value.text, registry); }, which++);
}

}  // namespace

Configuration make_configuration(const GivenOptions& given, const Registry& registry) {
  Configuration out;
  out.origins = OptionOrigins(given);
  for_each_record([&](const RunOption& record) {
    const auto& [name, plug_ins] = std::tie(record.option.name, record.option.plug_ins);
    if (record.required && !given.has(name))
      throw UsageError(out.origins.of(name) + " is missing; see: vireo list " + plug_ins + ", vireo solve --help");
  });
  for_each_record([&](const RunOption& record) { read(record, given, registry, out); });
  for_each_record([&](const RunOption& record) {
    if (record.complete) record.complete(out, given);
  });
  return out;
}

std::string ini_text(const Configuration& configuration) {
  std::string out;
  for_each_record([&](const RunOption& record) {
    for (const auto& value : record.field.write(configuration)) out += ini_line(record.option.name, value);
  });
  return out;
}

}  // namespace vireo::app
