#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/exit_codes.hpp"
#include "app/exit_guard.hpp"
#include "app/subcommands.hpp"
#include "comm/rank_ending.hpp"
#include "comm/stuck.hpp"
#include "io/examination.hpp"
#include "vireo/app/main.hpp"
#include "vireo/comm/mpi.hpp"
#include "vireo/comm/simulated.hpp"

namespace vireo {

namespace {

using app::ExitCode;

ExitCode dispatch(Communicator& world, const Registry& registry, const std::vector<std::string>& line) {
  if (line.size() < 2) throw UsageError("no subcommand is given; see: vireo --help");
  if (line[1] == "-h") return dispatch(world, registry, {line[0], "--help"});
  // "help solve" is "solve --help"
  if (line.size() == 3 && (line[1] == "help" || line[1] == "--help") && !line[2].starts_with("--"))
    return dispatch(world, registry, {line[0], line[2], "--help"});
  if (const auto* const command = app::find_subcommand(line[1]))
    return command->run({world, registry, {line.begin() + 2, line.end()}, line});
  std::vector<std::string> names;
  for (const auto& command : app::subcommands()) names.push_back(command.name);
  const auto near = nearest(line[1], names);
  throw UsageError("unknown subcommand '" + line[1] + "'" +
                   (near.empty() ? "; see: vireo --help" : "; did you mean '" + near + "'?"));
}

ExitCode dispatch(Communicator& world, int argc, char** argv, const std::function<void(Registry&)>& extend) {
  auto registry = Registry::builtin();
  if (extend) extend(registry);
  return dispatch(world, registry, {argv, argv + argc});
}

/// Whether a launcher started this process, as one of several or alone.
bool launched() {
  for (const char* const variable : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE", "SLURM_PROCID"})
    if (std::getenv(variable) != nullptr) return true;
  return false;
}

int report(const std::exception_ptr& failure) {
  std::fprintf(stderr, "vireo: error: %s\n", comm::text_of(failure).c_str());
  return static_cast<int>(app::exit_code_of(failure));
}

/// Without a launcher there are no other ranks, and MPI, which takes half a second to start, is not needed.
int run_alone(int argc, char** argv, const std::function<void(Registry&)>& extend) {
  try {
    auto code = ExitCode::ok;
    run_simulated(1, {}, [&](Communicator& alone) {
      const app::ExitGuard guard(alone);
      code = dispatch(alone, argc, argv, extend);
    });
    return static_cast<int>(code);
  } catch (...) {
    return report(std::current_exception());
  }
}

}  // namespace

int run_program(int argc, char** argv, const std::function<void(Registry&)>& extend) {
  if (const auto code = io::serve_examination(argc, argv)) return *code;
  if (!launched()) return run_alone(argc, argv, extend);
  try {
    MpiSession session(&argc, &argv);
    comm::Stuck::end_with(static_cast<int>(ExitCode::io));
    const app::ExitGuard guard(session.world());
    auto code = ExitCode::ok;
    std::exception_ptr failure;
    try {
      code = dispatch(session.world(), argc, argv, extend);
      if (session.world().rank() == 0) app::check_output_of_launcher();
    } catch (...) {
      failure = std::current_exception();
      code = app::exit_code_of(failure);
    }
    std::fflush(stdout);
    return session.settle(static_cast<int>(code), failure);
  } catch (...) {  // MPI itself
    return report(std::current_exception());
  }
}

}  // namespace vireo
