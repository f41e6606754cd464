#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vireo/app/registry.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/problems/component_problem.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/solve/observer.hpp"

/// `vireo solve` as a call. It prints nothing and ends no process: errors are exceptions.
///
///     const auto game = [](const vireo::ProblemContext& context) {
///       return std::make_unique<MyGame>(context);
///     };
///     vireo::MemoryTrace trace;
///     vireo::Observer* const observers[] = {&trace};
///     const auto result = vireo::solve(
///         session.world(), game,
///         {.settings = {{"method", "masha1"}, {"uplink", "randk:fraction=0.1"}}}, observers);
namespace vireo {

/// Makes a problem, on every rank that solves it. Collective; simulated ranks call it from several threads
/// at once. The problem owns what it needs, or refers to what outlives the call of solve.
using ProblemFactory = std::function<ProblemPointer(const ProblemContext&)>;

/// The settings that `vireo solve` takes from its command line, and some that only a caller can give.
struct RunOptions {
  /// Options of `vireo solve --help`: their names without dashes, and their values as they are typed there.
  /// Flags are `on` or `off`. Options that concern what is printed do not exist here. `rank-timeout` ends
  /// the process, because nothing else ends a job whose ranks hang.
  std::vector<std::pair<std::string, std::string>> settings = {};
  /// The name in trace and checkpoint of a problem that a factory makes. No plug-in of the registry may have
  /// it. A program that registers the problem as a plug-in of this name can verify the trace.
  std::string problem_name = "own-problem";
  /// Called on rank 0 with the text that the program prints before the first iteration: sizes, constants,
  /// step, compressors.
  std::function<void(std::string_view)> headings = {};
  /// Called on every rank once in an iteration. If it returns true on any rank, the run stops, and the state
  /// is saved if there is a checkpoint.
  std::function<bool()> stop = {};
  /// True: during the call, the signals TERM, INT, USR1, USR2, HUP and XCPU do nothing but stop the run in good
  /// order; a HUP that is ignored already goes on being ignored. XFSZ and PIPE are ignored: a file that would grow
  /// beyond the limit of its size is an IoError. Afterwards all of them are as they were before.
  /// False: no signal is touched.
  bool signals = false;
  /// False: HDF5 files that the call reads (trace, checkpoint, `initial`, `data`) may come from strangers. They are
  /// examined first, in a process of their own: this program, if its main is vireo::run_program; else the program
  /// that the variable VIREO_PROGRAM names, or the `vireo` that was installed with the library, or one in PATH.
  /// Without any of them the call throws IoError. True: they are read as they are, and a damaged file may
  /// crash the caller.
  bool trusted = false;
};

/// How a run ended, and what it left behind.
struct Result : Outcome {
  std::string configuration{};  ///< all settings as resolved: the lines of a file for --config
  std::string summary{};        ///< some lines for people: how it ended and what it has cost
  std::string trace{};          ///< absolute path of the trace; empty if there is none
  std::string checkpoint{};     ///< absolute path of a checkpoint to resume from; empty if there is none
};

/// Collective: solves the problem that the factory makes, on the ranks of `comm`. All ranks must give the
/// same settings. The bytes of trace and solution are those that the program writes with the same settings,
/// on any number of ranks.
///
/// `observers` are used on rank 0 only. They get a row every `trace-every` iterations, also if no trace is
/// written. `registry` holds the plug-ins that specs can name.
///
/// Throws UsageError for settings that are not possible together or that a plug-in does not take, and
/// DataError and IoError for files. The rank that fails throws the error itself; others of an MPI
/// communicator may throw PeerFailure, whose cause() is the text of that error; of what an operator throws,
/// it begins with iteration (or "set-up"), worker and component. A run that does not converge is no error: see
/// `termination` and `tolerance_met`.
[[nodiscard]] Result solve(Communicator& comm, const ProblemFactory& problem, const RunOptions& options,
                           std::span<Observer* const> observers = {}, const Registry& registry = Registry::builtin());

/// Solves the problem that the setting `problem` names.
[[nodiscard]] Result solve(Communicator& comm, const RunOptions& options, std::span<Observer* const> observers = {},
                           const Registry& registry = Registry::builtin());

/// Solves the problem that the factory makes in a process without MPI: on one rank, or on as many simulated
/// ranks as the setting `simulate` says.
[[nodiscard]] Result solve(const ProblemFactory& problem, const RunOptions& options,
                           std::span<Observer* const> observers = {}, const Registry& registry = Registry::builtin());
/// Solves the problem that the setting `problem` names in a process without MPI, in the same way.
[[nodiscard]] Result solve(const RunOptions& options, std::span<Observer* const> observers = {},
                           const Registry& registry = Registry::builtin());

/// Collective: `vireo check` as a call, of the problem that the factory makes: see check_operator in
/// vireo/problems/component_problem.hpp. `settings` are options of `vireo check --help`. Throws UsageError for
/// other settings, or if the problem has no operator, and what making the problem throws.
[[nodiscard]] OperatorReport check_operator(Communicator& comm, const ProblemFactory& problem,
                                            const std::vector<std::pair<std::string, std::string>>& settings = {});

/// The same in a process without MPI, on one rank.
[[nodiscard]] OperatorReport check_operator(const ProblemFactory& problem,
                                            const std::vector<std::pair<std::string, std::string>>& settings = {});

}  // namespace vireo
