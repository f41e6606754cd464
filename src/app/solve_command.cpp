#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/commands.hpp"
#include "app/configuration.hpp"
#include "app/console.hpp"
#include "app/run.hpp"
#include "app/run_options.hpp"
#include "app/subcommands.hpp"
#include "core/printable.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo::app {

OptionTable solve_options() {
  auto table = run_options();
  table.push_back(
      {"What is done and said",
       {{"config", "FILE.ini",
         "take options from a file with lines `name = value`, comments after #; the command line wins", false, false},
        {"print-config", "", "print a complete configuration file that reproduces the run, and exit", false, false},
        {"dry-run", "", "load everything, print memory and bytes per iteration, and exit", false, false},
        {"resume", "auto",
         "go on from --checkpoint if there is one, else begin; a checkpoint of another run is refused; never (the "
         "default): begin"},
        {"quiet", "", "print nothing but the last line, which is JSON"},
        {"help", "", "print this", false, false}}});
  return table;
}

namespace {

/// The text of a file that rank 0 reads, on all ranks.
std::string read_file(Communicator& comm, const std::string& path) {
  std::string text;
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    if (std::filesystem::is_directory(path)) throw DataError("--config: " + path + ": is a directory");
    std::ifstream file(path, std::ios::binary);
    if (!file) throw DataError("--config: " + path + ": " + std::strerror(errno));
    text.assign(std::istreambuf_iterator<char>(file), {});
    if (file.bad()) throw DataError("--config: " + path + ": cannot be read");
  });
  return broadcast(comm, text, 0);
}

GivenOptions read_options(const Call& call) {
  const auto table = solve_options();
  auto given = read_command_line(call.arguments, table, "solve");
  if (!given.positional.empty())
    throw UsageError("unexpected argument '" + given.positional.front() + "'; see: vireo solve --help");
  if (const auto* config = given.find("config"))
    given.fill_from(read_ini(read_file(call.world, config->text), config->text, table));
  return given;
}

std::string solve_help() {
  return usage("solve") +
         "\n\n"
         "Finds z* with <F(z*), z - z*> + g(z) - g(z*) >= 0 for all z, where F is the mean of n components that are\n"
         "dealt to M workers. A SPEC is name[:key=value[,key=value...]]; see: vireo list.\n\n"
         "  mpirun -n 2 vireo solve --problem bilinear:dimension=200 --method masha1 --uplink randk:fraction=0.1\n" +
         help_text(solve_options());
}

}  // namespace

ExitCode solve_command(const Call& call) {
  const auto started = Clock::now();
  const auto given = read_options(call);
  if (given.flag("help")) {
    Console(call.world.rank() == 0).print(solve_help());
    return ExitCode::ok;
  }
  Actions actions{.print_config = given.flag("print-config"),
                  .dry_run = given.flag("dry-run"),
                  .quiet = given.flag("quiet"),
                  .started = started};
  const auto configuration = make_configuration(given, call.registry);
  if (const auto* resume = given.find("resume")) {
    if (resume->text != "auto" && resume->text != "never")
      throw UsageError(resume->where + ": '" + printable(resume->text) + "' is not one of auto, never");
    actions.resume_if_possible = resume->text == "auto";
    if (actions.resume_if_possible && configuration.checkpoint.empty())
      throw UsageError(resume->where + ": looks for --checkpoint, which is not given");
  }
  if (configuration.simulated_ranks > 0 && call.world.size() > 1)
    throw UsageError(given.find("simulate")->where +
                     ": simulated ranks live in one process; start the program without mpirun, or with one rank");
  return run(call, configuration, actions);
}

}  // namespace vireo::app
