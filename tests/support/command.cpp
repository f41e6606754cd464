#include "support/command.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vireo::test {
namespace {

/// A name in the temporary folder; the file is removed at the end.
class TemporaryFile {
 public:
  TemporaryFile() {
    auto name = (std::filesystem::temp_directory_path() / "vireo-test-XXXXXX").string();
    const int file = mkstemp(name.data());
    if (file < 0) throw std::runtime_error("cannot make a temporary file");
    close(file);
    path_ = name;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }

 private:
  std::string path_;
};

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

}  // namespace

int CommandResult::error_lines() const {
  int count = 0;
  std::istringstream lines(errors);
  for (std::string line; std::getline(lines, line);) count += line.starts_with("vireo: error:") ? 1 : 0;
  return count;
}

CommandResult run_command(const std::string& command, int limit_seconds) {
  using std::chrono::steady_clock;
  const TemporaryFile output;
  const TemporaryFile errors;
  const auto start = steady_clock::now();
  // timeout makes a group of its own, so that whatever the command leaves is ended with it
  const int status = std::system(("timeout -k 5 " + std::to_string(limit_seconds) + " sh -c " + quoted(command) +
                                  " </dev/null >" + output.path() + " 2>" + errors.path())
                                     .c_str());
  CommandResult result;
  result.seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.output = output.content();
  result.errors = errors.content();
  return result;
}

CommandResult run_mpi(int ranks, const std::string& program, int limit_seconds) {
  return run_command("OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 exec " VIREO_MPIRUN " -n " +
                         std::to_string(ranks) + " " + program,
                     limit_seconds);
}

}  // namespace vireo::test
