#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/commands.hpp"
#include "app/configuration.hpp"
#include "app/console.hpp"
#include "app/dry_run.hpp"
#include "app/earlier_files.hpp"
#include "app/heading.hpp"
#include "app/manifest.hpp"
#include "app/run_and_print.hpp"
#include "app/run_options.hpp"
#include "app/subcommands.hpp"
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
        resume_option(),
        overwrite_option(),
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

/// What `--print-config` or `--dry-run` prints, of a run that is put together and not begun.
void look(const Call& call, const Configuration& configuration, const GivenOptions& given, const Existing& existing) {
  const bool print = given.flag("print-config");
  on_ranks(configuration, call.world, [&](Communicator& comm) {
    const auto purpose = print ? Purpose::to_print : Purpose::to_look_at;
    const auto outputs = print ? Outputs{} : take_outputs(comm, configuration, Holding::not_at_all);
    auto run = prepare_run(comm, configuration, outputs, call.registry, purpose, std::nullopt, existing);
    const Console console(comm.rank() == 0);
    if (print)
      console.print("# " + program_name() + "; reproduce with: vireo solve --config FILE\n" +
                    ini_text(run.configuration));
    else
      console.print(problem_heading(run.configuration, run.loaded, comm) +
                    dry_run(run.configuration, call.registry, run.loaded, run.channel));
  });
}

}  // namespace

ExitCode solve_command(const Call& call) {
  const auto started = std::chrono::steady_clock::now();
  const auto given = read_options(call);
  if (given.flag("help")) {
    Console(call.world.rank() == 0).print(solve_help());
    return ExitCode::ok;
  }
  const auto configuration = make_configuration(given, call.registry);
  const auto existing = existing_files(given, configuration);
  if (given.flag("print-config") || given.flag("dry-run")) {
    look(call, configuration, given, existing);
    return ExitCode::ok;
  }
  return run_and_print(call, configuration, {.started = started, .existing = existing}, given.flag("quiet"));
}

}  // namespace vireo::app
