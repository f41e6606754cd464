#include "app/earlier_files.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "app/text.hpp"
#include "core/printable.hpp"
#include "storage/checkpoint_reader.hpp"
#include "storage/trace_reader.hpp"
#include "storage/trace_writer.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

/// Whether something is there that can be lost.
bool holds_something(const std::string& path) {
  std::error_code missing;
  const auto bytes = std::filesystem::file_size(path, missing);
  return !missing && bytes > 0;
}

/// How a stored configuration differs from this one, for people; empty if it is of the same run.
std::string difference_from(const Configuration& here, const std::string& stored, const std::string& place,
                            const Registry& registry) {
  try {
    return difference(here, stored_configuration(stored, place, registry));
  } catch (const DataError& error) {  // of a program with other plug-ins, say
    return error.what();
  }
}

std::string of_which_run(const std::string& difference) {
  return difference.empty() ? "the same run" : "another run (" + difference + ")";
}

bool goes_on_there(const std::string& path, const std::optional<ResumePoint>& from) {
  return from && (from->found.path == path || from->found.path == checkpoint::previous_of(path));
}

}  // namespace

Option resume_option() {
  return {"resume", "auto",
          "go on from --checkpoint if there is one, else begin, in place of the unfinished trace of the same run; a "
          "checkpoint or trace of another run is refused; never (the default): begin"};
}

Option overwrite_option() {
  return {"overwrite", "", "replace what an earlier run has left in --trace and --checkpoint, which else is refused"};
}

Existing existing_files(const GivenOptions& given, const Configuration& configuration) {
  Existing existing{.go_on = false, .overwrite = given.flag("overwrite")};
  const auto* const resume = given.find("resume");
  if (resume == nullptr) return existing;
  if (resume->text != "auto" && resume->text != "never")
    throw UsageError(resume->where + ": '" + printable(resume->text) + "' is not one of auto, never");
  if (resume->text == "auto" && configuration.checkpoint.empty())
    throw UsageError(resume->where + ": looks for " + configuration.origins.of("checkpoint") + ", which is not given");
  existing.go_on = resume->text == "auto";
  return existing;
}

std::optional<ResumePoint> look_for_checkpoint(const Configuration& configuration, const Outputs& outputs,
                                               const Registry& registry, const Existing& existing, Communicator& comm,
                                               std::string& remark) {
  return configuration.origins.blame("checkpoint", [&]() -> std::optional<ResumePoint> {
    auto found = checkpoint::find(comm, outputs.checkpoint.path, remark);
    if (!found) return std::nullopt;
    auto from = read_resume_point(comm, std::move(*found));
    const auto difference = difference_from(configuration, from.contents.header.config, from.found.path, registry);
    if (difference.empty()) return from;
    if (!existing.overwrite) throw DataError(from.found.path + ": is the checkpoint of another run: " + difference);
    remark = from.found.path + ": is of another run, and is replaced";
    return std::nullopt;
  });
}

void keep_checkpoint(const Configuration& configuration, const Outputs& outputs, const Registry& registry,
                     const Existing& existing, const std::optional<ResumePoint>& from, Communicator& comm) {
  const auto& path = outputs.checkpoint.path;
  // --resume auto replaces what is no whole checkpoint any more, and goes on from what is
  if (path.empty() || existing.overwrite || existing.go_on || goes_on_there(path, from)) return;
  const auto& origins = configuration.origins;
  origins.blame("checkpoint", [&] {
    std::string remark;
    const auto found = checkpoint::find(comm, path, remark);
    collectively(comm, [&] {
      if (comm.rank() != 0) return;
      const std::string start_over = "start over with " + origins.of("overwrite");
      if (!found) {
        if (holds_something(path) || holds_something(checkpoint::previous_of(path)))
          throw UsageError(remark + "; " + start_over + ", or choose another --checkpoint");
        return;
      }
      const auto contents = checkpoint::read(found->path);
      const auto difference = difference_from(configuration, contents.header.config, found->path, registry);
      const bool can_go_on = difference.empty() && !from;
      throw UsageError(fmt::format("{}: iteration {} of {}; {}", found->path,
                                   grouped(trace::integer(contents.run, "iteration", 0)), of_which_run(difference),
                                   can_go_on ? "go on with " + origins.of("resume") + " auto, or " + start_over
                                             : "choose another " + origins.of("checkpoint") + ", or replace it with " +
                                                   origins.of("overwrite")));
    });
  });
}

void keep_trace(const Configuration& configuration, const Outputs& outputs, const Registry& registry,
                const Existing& existing, Communicator& comm) {
  const auto& path = outputs.trace.path;
  const auto& origins = configuration.origins;
  if (path.empty() || existing.overwrite) return;
  collectively(comm, [&] {
    if (comm.rank() != 0 || !holds_something(path)) return;
    origins.blame("trace", [&] {
      const auto advice =
          fmt::format("; choose another {}, or replace it with {}", origins.of("trace"), origins.of("overwrite"));
      trace::Remains there;
      try {
        there = trace::look(path);
      } catch (const DataError& error) {
        throw UsageError(error.what() + advice);
      }
      const auto difference = difference_from(configuration, there.config, path, registry);
      if (existing.go_on && !there.finished && difference.empty()) return;
      const bool again = !there.finished && difference.empty() && !configuration.checkpoint.empty();
      throw UsageError(fmt::format("{}: the {} trace of {}, up to iteration {}{}{}", path,
                                   there.finished ? "finished" : "unfinished", of_which_run(difference),
                                   grouped(there.iteration),
                                   again ? "; begin again with " + origins.of("resume") + " auto" : "", advice));
    });
  });
}

std::optional<std::int64_t> rows_to_keep(const Configuration& configuration, const Outputs& outputs,
                                         const Existing& existing, const std::optional<ResumePoint>& from) {
  const auto& path = outputs.trace.path;
  if (!from || path.empty() || !holds_something(path)) return std::nullopt;
  const auto& contents = from->contents;
  const auto rows = trace::integer(contents.run, "rows", 0);
  try {
    configuration.origins.blame("trace", [&] {
      trace::check_continuation(path, trace::text(contents.header.manifest, "run"), rows,
                                trace::integer(contents.run, "iteration", 0));
    });
  } catch (const DataError&) {
    if (existing.overwrite) return std::nullopt;
    throw;
  }
  return rows;
}

}  // namespace vireo::app
