#include "app/subcommands.hpp"

#include "app/run_options.hpp"

namespace vireo::app {

namespace {

/// The options that a run which is resumed may be given anew.
std::string resume_in_manual() {
  std::string names;
  for (const auto& group : run_options(OnResume::free))
    for (const auto& option : group.options) names += (names.empty() ? "--" : ", --") + option.name;
  return "goes on with a run from its checkpoint, on any number of ranks, to the same bytes as if it had not been "
         "interrupted; takes --overwrite, --quiet and, of the options of solve, " +
         names;
}

std::vector<Subcommand> all() {
  return {
      {.name = "solve",
       .synopsis = "--problem SPEC --method SPEC [options]",
       .summary = "solve; the options: vireo solve --help",
       .in_manual = "solves, and writes a trace; its last line on standard output is JSON",
       .run = solve_command},
      {.name = "resume",
       .synopsis = "CHECKPOINT.h5 [options]",
       .summary = "go on from a checkpoint, on any number of ranks",
       .in_manual = resume_in_manual(),
       .run = resume_command},
      {.name = "verify",
       .synopsis = "TRACE.h5 [--quiet]",
       .summary = "recompute the residual at a trace's solution",
       .in_manual = "rebuilds the problem of a trace and recomputes the residual at its solution",
       .run = verify_command},
      {.name = "check",
       .synopsis = "--problem SPEC [options]",
       .summary = "try out whether an operator is what methods rely on",
       .in_manual =
           "evaluates the operator of a problem at some points, and says in a table whether it is what methods "
           "rely on: finite, the same at each call, its means, batches and pairs alike, monotone, affine if it "
           "says so, within its constants; takes --data, --workers and --regularizer",
       .run = check_command},
      {.name = "info",
       .synopsis = "FILE.h5",
       .summary = "what a trace or a checkpoint holds",
       .in_manual = "shows what a trace or a checkpoint holds",
       .run = info_command},
      {.name = "list",
       .synopsis = "[KIND] [NAME...] [--names]",
       .summary = "problems, methods, compressors, regularizers and their parameters",
       .in_manual =
           "prints problems, methods, compressors and regularizers with their parameters, or their names alone",
       .run = list_command},
      {.name = "help",
       .synopsis = "[SUBCOMMAND | --man]",
       .summary = "this, a subcommand's options, or the source of the man page",
       .in_manual = "prints a summary, the options of a subcommand, or this page in the language of roff",
       .run = help_command,
       .alias = "--help"},
      {.name = "--version",
       .synopsis = "[--json]",
       .summary = "what this program is and was made with",
       .in_manual = "",
       .run = version_command},
  };
}

}  // namespace

const std::vector<Subcommand>& subcommands() {
  static const auto table = all();
  return table;
}

const Subcommand* find_subcommand(const std::string& name) {
  for (const auto& command : subcommands())
    if (command.name == name || (!command.alias.empty() && command.alias == name)) return &command;
  return nullptr;
}

std::string usage(const std::string& subcommand) {
  return "vireo " + subcommand + " " + find_subcommand(subcommand)->synopsis;
}

}  // namespace vireo::app
