#include "app/outputs.hpp"

#include <array>
#include <filesystem>
#include <string_view>

#include "app/manifest.hpp"
#include "io/named_file.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

/// What Vireo puts beside an output, by the end of its name.
struct Companion {
  std::string_view ending;
  std::string_view meaning;
};
constexpr std::array<Companion, 3> companions{
    {{".previous", "the previous generation"}, {".unfinished", "the temporary file"}, {".lock", "the lock"}}};

/// A name that is a companion's of another output, of this run or of another, is not an output's.
void check_name(const std::string& path) {
  for (const auto& [ending, meaning] : companions)
    if (path.ends_with(ending))
      throw UsageError(path + ": is what Vireo calls " + std::string(meaning) + " of " +
                       path.substr(0, path.size() - ending.size()) + "; choose another name");
}

/// throws UsageError if what the run starts from is the output, or one of its companions
void check_keeps_start(const Configuration& configuration, const std::string& option, const std::string& output) {
  const auto& origins = configuration.origins;
  const auto refuse_if_same = [&](const std::string& path, const std::string& what) {
    std::error_code missing;  // of either file: then they are not the same
    if (!std::filesystem::equivalent(path, configuration.initial, missing)) return;
    throw UsageError(origins.of(option) + ": " + output + ": " + what + " the file that " + origins.of("initial") +
                     " names: a run must not replace the point that it starts from");
  };
  refuse_if_same(output, "is");
  for (const auto& companion : companions) refuse_if_same(output + std::string(companion.ending), "would replace");
}

void check_apart(const Configuration& configuration, const Outputs& outputs) {
  const auto& origins = configuration.origins;
  const auto& trace = outputs.trace.path;
  const auto& checkpoint = outputs.checkpoint.path;
  if (!trace.empty() && !checkpoint.empty() && io::same_place(trace, checkpoint))
    throw UsageError(origins.of("checkpoint") + ": " + checkpoint + ": is the file that " + origins.of("trace") +
                     " names");
  if (configuration.initial.empty()) return;
  for (const auto& [option, output] : {std::pair{"trace", &trace}, std::pair{"checkpoint", &checkpoint}})
    if (!output->empty()) check_keeps_start(configuration, option, *output);
}

/// Else it would be the name of a file that is tried beside it which says so.
void check_directory(const std::string& path, const std::string& what) {
  const auto directory = std::filesystem::path(path).parent_path();
  std::error_code unknown;
  if (std::filesystem::exists(directory, unknown) || unknown) return;
  throw IoError(path + ": cannot write the " + what + ": there is no directory " + directory.string());
}

/// Rank 0
Output follow(const OptionOrigins& origins, const std::string& option, const std::string& named) {
  return origins.blame(option, [&] {
    Output output{.path = io::target_of(named, io::Links::of_this_user)};
    io::check_regular(named, "write the " + option);
    check_name(output.path);
    check_directory(output.path, option);
    return output;
  });
}

void hold(const OptionOrigins& origins, const std::string& option, Output& output) {
  origins.blame(option, [&] { output = Output{output.path, io::FileLock(output.path, option, utc_now())}; });
}

std::string unprotected(const Outputs& outputs) {
  std::string out;
  for (const auto* const output : {&outputs.trace, &outputs.checkpoint})
    if (const auto& why = output->lock.missing(); !why.empty())
      out += (out.empty() ? "" : ", ") + output->path + " (" + why + ")";
  return out.empty()
             ? out
             : "the file system has no locks, so that nothing keeps another run from writing at the same time: " + out;
}

}  // namespace

Output take_output(Communicator& comm, const OptionOrigins& origins, const std::string& option,
                   const std::string& named, Holding holding) {
  Output output;
  if (named.empty()) return output;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    output = follow(origins, option, named);
    if (holding == Holding::until_end) hold(origins, option, output);
  });
  output.path = broadcast(comm, output.path, 0);
  return output;
}

Outputs take_outputs(Communicator& comm, const Configuration& configuration, Holding holding, Output held) {
  const auto& origins = configuration.origins;
  Outputs outputs;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    Outputs looked_at;
    if (!configuration.trace.empty()) looked_at.trace = follow(origins, "trace", configuration.trace);
    if (!configuration.checkpoint.empty())
      looked_at.checkpoint = follow(origins, "checkpoint", configuration.checkpoint);
    check_apart(configuration, looked_at);
  });
  outputs.checkpoint =
      held.path.empty() ? take_output(comm, origins, "checkpoint", configuration.checkpoint, holding) : std::move(held);
  outputs.trace = take_output(comm, origins, "trace", configuration.trace, holding);
  outputs.remark = unprotected(outputs);
  return outputs;
}

}  // namespace vireo::app
