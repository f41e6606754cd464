#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vireo/comm/communicator.hpp"
#include "vireo/plugins/registry.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/solve/observer.hpp"

/// `vireo solve` as a call. It prints nothing and ends no process: what goes wrong is thrown.
///
///     const auto game = [](const vireo::ProblemContext& context) { return std::make_unique<MyGame>(context); };
///     vireo::MemoryTrace trace;
///     vireo::Observer* const observers[] = {&trace};
///     const auto result = vireo::solve(session.world(), game,
///                                      {.settings = {{"method", "masha1"}, {"uplink", "randk:fraction=0.1"}}}, observers);
namespace vireo {

/// Makes a problem, on every rank that solves it: collective, and with simulated ranks called by several threads at
/// once. The problem owns what it needs, or refers to what outlives the call of solve.
using ProblemFactory = std::function<ProblemPointer(const ProblemContext&)>;

/// What `vireo solve` is told on its command line, and what only a caller can say.
struct RunOptions {
  /// The options of `vireo solve --help`, by their names without dashes and with values as they are typed there; flags
  /// are on or off. Those are left out that say what is printed. `rank-timeout` ends the process, as nothing else ends
  /// a job whose ranks hang.
  std::vector<std::pair<std::string, std::string>> settings = {};
  /// What trace and checkpoint call a problem that is made by a factory: a word that no plug-in of the registry has.
  /// A program that registers the problem as a plug-in of this name can verify the trace.
  std::string problem_name = "own-problem";
  /// Rank 0: gets what the program prints before the first iteration (sizes, constants, step, compressors).
  std::function<void(std::string_view)> headings = {};
  /// Any rank, once an iteration: whether the run shall stop. One rank's yes stops all; the state is saved if there is
  /// a checkpoint.
  std::function<bool()> stop = {};
  /// From here to the end of the call TERM, INT, USR1 and USR2 do nothing but stop the run in good order.
  bool signals = false;
};

/// How a run ended, and what it left behind.
struct Result : Outcome {
  std::string configuration{};  ///< all settings as they were resolved: lines that `vireo solve --config` takes
  std::string summary{};        ///< for people, some lines: how it ended and what it has cost
  std::string trace{};          ///< absolute path; empty: none
  std::string checkpoint{};     ///< absolute path of a checkpoint that the run can go on from; empty: none
};

/// Solves the problem that the factory makes, on the ranks of `comm`. Collective: all ranks give the same settings. The
/// same settings give the same bytes of trace and solution as the program does, on any number of ranks.
///
/// observers: used on rank 0 only; they get a row every `trace-every` iterations, also where no trace is written.
/// registry: what specs name.
///
/// Errors: UsageError for settings that do not go together, or that a plug-in does not take; DataError and IoError for
/// files. On the rank that fails it is the error itself, on others of an MPI communicator it may be PeerFailure. A run
/// that does not converge is no error: look at `termination` and `tolerance_met`.
[[nodiscard]] Result solve(Communicator& comm, const ProblemFactory& problem, const RunOptions& options,
                           std::span<Observer* const> observers = {}, const Registry& registry = Registry::builtin());

/// Solves the problem that the setting `problem` names.
[[nodiscard]] Result solve(Communicator& comm, const RunOptions& options, std::span<Observer* const> observers = {},
                           const Registry& registry = Registry::builtin());

/// The same two in a process without MPI: alone, or on the simulated ranks of the setting `simulate`.
[[nodiscard]] Result solve(const ProblemFactory& problem, const RunOptions& options,
                           std::span<Observer* const> observers = {}, const Registry& registry = Registry::builtin());
/// likewise
[[nodiscard]] Result solve(const RunOptions& options, std::span<Observer* const> observers = {},
                           const Registry& registry = Registry::builtin());

}  // namespace vireo
