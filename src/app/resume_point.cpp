#include "app/resume_point.hpp"

#include <fmt/format.h>

#include "storage/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

std::string values_of(const GivenOptions& options, const std::string& name) {
  std::string out;
  for (const auto& value : options.all(name)) out += (out.empty() ? "" : " ") + value.text;
  return out.empty() ? "not given" : out;
}

}  // namespace

ResumePoint read_resume_point(Communicator& comm, checkpoint::Found found) {
  ResumePoint from;
  from.found = std::move(found);
  collectively(comm, [&] { from.contents = checkpoint::read(from.found.path); });
  return from;
}

void check_same_run(const Configuration& configuration, const ResumePoint& from) {
  const auto& path = from.found.path;
  const auto here = read_ini(ini_text(configuration), "configuration", run_options());
  GivenOptions there;
  try {
    there = read_ini(from.contents.header.config, path + ":/config", run_options());
  } catch (const UsageError& error) {  // the user's command line is fine, it is the file that is not
    throw DataError(error.what());
  }
  for (const auto& group : run_options())
    for (const auto& option : group.options) {
      if (free_on_resume(option.name)) continue;
      const auto mine = values_of(here, option.name);
      const auto stored = values_of(there, option.name);
      if (mine != stored)
        throw DataError(fmt::format("{}: is the checkpoint of another run: its {} is {}, here it is {}", path,
                                    option.name, stored, mine));
    }
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
  const auto difference = configuration.places.blame("data", [&] { return difference_from(*known); });
  if (!difference.empty())
    throw DataError(fmt::format("{}: {} has changed since it was made: {}", path, known->path, difference));
}

void check_same_problem(const LoadedProblem& loaded, const ResumePoint& from) {
  const auto stored = trace::text(from.contents.header.problem, "fingerprint");
  const auto found = loaded.problem->fingerprint();
  if (stored != found)
    throw DataError(
        fmt::format("{}: was made from other data ({}) than what is there now ({})", from.found.path, stored, found));
}

}  // namespace vireo::app
