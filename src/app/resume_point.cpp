#include "app/resume_point.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/run_options.hpp"
#include "core/printable.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

std::string listed(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : " ") + value;
  return out.empty() ? "not given" : out;
}

/// Of two specs of one plug-in, the first key with another value, as "its problem has dimension=10, here dimension=200";
/// else the whole of both.
std::string difference_of(const std::string& name, const std::vector<std::string>& there,
                          const std::vector<std::string>& here, bool is_spec) {
  if (is_spec && there.size() == 1 && here.size() == 1) {
    const auto one = Spec::parse(there[0]);
    const auto other = Spec::parse(here[0]);
    if (one.name == other.name && one.values.size() == other.values.size())
      for (std::size_t i = 0; i < one.values.size(); ++i)
        if (one.values[i] != other.values[i])
          return fmt::format("its {} has {}={}, here {}={}", name, one.values[i].first, one.values[i].second,
                             other.values[i].first, other.values[i].second);
  }
  return fmt::format("its {} is {}, here it is {}", name, listed(there), listed(here));
}

}  // namespace

ResumePoint read_resume_point(Communicator& comm, checkpoint::Found found) {
  ResumePoint from;
  from.found = std::move(found);
  collectively(comm, [&] { from.contents = checkpoint::read(from.found.path); });
  return from;
}

Configuration stored_configuration(const std::string& text, const std::string& place, const Registry& registry) {
  try {
    return make_configuration(read_ini(text, place + ":/config", run_options()), registry);
  } catch (const UsageError& error) {
    throw DataError(error.what());
  }
}

Chosen<MethodPlugIn> with_former_defaults(const Chosen<MethodPlugIn>& here, const Chosen<MethodPlugIn>& of_run) {
  if (here.entry != of_run.entry) return here;
  auto spec = here.parameters.resolved();
  const auto there = of_run.parameters.resolved().values;
  for (auto& [name, value] : spec.values) {
    const auto is_it = [&wanted = name](const auto& one) { return one.first == wanted; };
    const auto stored = std::ranges::find_if(there, is_it);
    if (here.parameters.given(name) || stored == there.end()) continue;
    for (const auto& parameter : here.entry->parameters) {
      if (parameter.name != name || parameter.former.empty()) continue;
      if (!of_run.parameters.given(name))  // its version did not have this parameter
        value = parameter.former.front();
      else if (std::ranges::count(parameter.former, stored->second) > 0)
        value = stored->second;
    }
  }
  return {.entry = here.entry, .parameters = Parameters("method", spec, here.entry->parameters)};
}

std::string difference(const Configuration& configuration, const Configuration& other) {
  auto here = configuration;
  auto run = other;
  here.method = with_former_defaults(here.method, other.method);
  run.method = with_former_defaults(other.method, other.method);  // what it did not have as it had it
  for (const auto& group : run_option_groups())
    for (const auto& record : group.options) {
      const auto& name = record.option.name;
      const bool open = (name == "workers" && !here.workers) || (name == "check-every" && !here.check_every);
      if (record.on_resume == OnResume::free || open) continue;  // open: what it will be is not known yet
      const auto there = record.field.write(run);
      const auto mine = record.field.write(here);
      const bool is_spec = !record.option.plug_ins.empty() && !record.option.repeatable;
      if (mine != there) return difference_of(name, there, mine, is_spec);
    }
  return {};
}

void check_same_run(const Configuration& configuration, const ResumePoint& from, const Registry& registry) {
  const auto& path = from.found.path;
  const auto found = difference(configuration, stored_configuration(from.contents.header.config, path, registry));
  if (!found.empty()) throw DataError(path + ": is the checkpoint of another run: " + found);
}

void check_same_data(const Configuration& configuration, const ResumePoint& from) {
  const auto& path = from.found.path;
  const auto& known = from.contents.header.data;
  const auto name = [](const std::string& file) { return file.empty() ? "not given" : file; };
  const auto there = known ? known->path : "";
  if (there != configuration.data)
    throw DataError(fmt::format("{}: is the checkpoint of another run: its data is {}, here it is {}", path,
                                name(there), name(configuration.data)));
  if (!known) return;
  const auto difference = configuration.origins.blame("data", [&] { return difference_from(*known); });
  if (!difference.empty())
    throw DataError(fmt::format("{}: {} has changed since it was made: {}", path, known->path, difference));
}

void check_same_problem(const LoadedProblem& loaded, const ResumePoint& from) {
  const auto stored = trace::text(from.contents.header.problem, "fingerprint");
  const auto found = loaded.problem->fingerprint();
  if (stored != found)
    throw DataError(fmt::format("{}: was made from other data ({}) than what is there now ({})", from.found.path,
                                printable(stored), found));
}

}  // namespace vireo::app
