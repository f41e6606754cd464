#include "app/run_files.hpp"

#include <filesystem>

#include "io/shared_path.hpp"
#include "storage/checkpoint_reader.hpp"
#include "storage/checkpoint_writer.hpp"
#include "storage/trace_reader.hpp"
#include "storage/trace_writer.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

void check_files(const Configuration& configuration, Communicator& comm) {
  const auto& origins = configuration.origins;
  collectively(comm, [&] {
    if (comm.rank() != 0 || configuration.trace.empty()) return;
    std::error_code missing;  // of either file: then they are not the same
    if (!configuration.initial.empty() &&
        std::filesystem::equivalent(configuration.trace, configuration.initial, missing))
      throw UsageError(origins.of("trace") + ": " + configuration.trace + ": is the file that " +
                       origins.of("initial") + " names: a run must not replace the point that it starts from");
    origins.blame("trace", [&] { trace::check_path(configuration.trace); });
  });
  if (!configuration.trace.empty())
    origins.blame("trace", [&] { io::check_shared(comm, configuration.trace, "trace"); });
  if (!configuration.checkpoint.empty())
    origins.blame("checkpoint", [&] { checkpoint::check_path(comm, configuration.checkpoint); });
}

std::optional<ResumePoint> look_for_checkpoint(const Configuration& configuration, Communicator& comm,
                                               std::string& remark) {
  return configuration.origins.blame("checkpoint", [&]() -> std::optional<ResumePoint> {
    auto found = checkpoint::find(comm, configuration.checkpoint, remark);
    if (!found) return std::nullopt;
    return read_resume_point(comm, std::move(*found));
  });
}

std::optional<io::FileIdentity> identify_data(const Configuration& configuration, bool writes, Communicator& comm,
                                              const std::optional<ResumePoint>& from) {
  std::optional<io::FileIdentity> data;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    if (from) {
      check_same_data(configuration, *from);
      data = from->contents.header.data;
    } else if (writes && !configuration.data.empty() && !configuration.checkpoint.empty()) {
      data = configuration.origins.blame("data", [&] { return io::identify(configuration.data); });
    }
  });
  return data;
}

std::optional<std::int64_t> rows_to_keep(const Configuration& configuration, const std::optional<ResumePoint>& from) {
  if (!from || configuration.trace.empty() || !std::filesystem::exists(configuration.trace)) return std::nullopt;
  const auto& contents = from->contents;
  const auto rows = trace::integer(contents.run, "rows", 0);
  configuration.origins.blame("trace", [&] {
    trace::check_continuation(configuration.trace, trace::text(contents.header.manifest, "run"), rows,
                              trace::integer(contents.run, "iteration", 0));
  });
  return rows;
}

}  // namespace vireo::app
