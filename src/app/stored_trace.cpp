#include "app/stored_trace.hpp"

#include <filesystem>

#include "app/text.hpp"
#include "core/printable.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

namespace fs = std::filesystem;

/// A link may lead anywhere, and come along with a checkpoint: what lies in the folder is a file, or nothing yet.
bool is_link(const fs::path& path) {
  std::error_code missing;
  return fs::is_symlink(fs::symlink_status(path, missing));
}

/// Whether the file is the trace of the run that the checkpoint is of.
bool is_of_same_run(const std::string& path, const ResumePoint& from) {
  const auto run = trace::text(from.contents.header.manifest, "run");
  std::error_code missing;
  if (run.empty() || !fs::is_regular_file(path, missing)) return false;
  try {
    return trace::run_of(path) == run;
  } catch (const DataError&) {  // damaged, or no trace at all
    return false;
  }
}

std::string command(const std::vector<std::string>& words, const std::string& trace) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + shell_quoted(word);
  return out + " --trace " + shell_quoted(trace);
}

}  // namespace

std::string stored_trace(const ResumePoint& from, const std::string& checkpoint, const std::string& stored,
                         const std::vector<std::string>& command_line) {
  constexpr std::size_t longest = 4096;
  const fs::path path = stored;
  const auto name = path.filename();
  const bool ordinary = !name.empty() && name != "." && name != ".." && printable(stored, longest) == stored;
  const auto folder = fs::path(checkpoint).parent_path();
  const auto beside = folder / name;
  if (ordinary && path.parent_path() == folder && !is_link(beside)) return stored;
  if (ordinary && is_of_same_run(beside, from)) return beside;
  throw UsageError(printable("--trace: " + from.found.path +
                                 ": its run would go on with a trace outside the checkpoint's folder, or behind a "
                                 "link; if that is meant: " +
                                 command(command_line, stored),
                             4 * longest));
}

}  // namespace vireo::app
