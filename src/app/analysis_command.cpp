#include "app/analysis_command.hpp"

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "app/text.hpp"

namespace vireo::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* name = "vireo-analysis";

/// The first program of this name on PATH; empty if there is none
fs::path on_path() {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  std::error_code ignored;
  for (std::string folder; std::getline(folders, folder, ':');)
    if (auto found = fs::path(folder) / name; fs::exists(found, ignored)) return found;
  return {};
}

}  // namespace

std::string analysis_command() {
  std::error_code failed;
  const auto beside = fs::read_symlink("/proc/self/exe", failed).parent_path() / name;
  if (!failed && fs::exists(beside, failed)) {
    const auto found = on_path();
    return !found.empty() && fs::equivalent(found, beside, failed) ? name : shell_quoted(beside.string());
  }
  const auto in_source = fs::path("analysis") / name;
  return fs::exists(in_source, failed) ? in_source.string() : name;
}

}  // namespace vireo::app
