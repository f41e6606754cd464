#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/prepare.hpp"
#include "vireo/app/solve.hpp"

namespace vireo::app {

/// How a run is called, besides what it is.
struct Conduct {
  std::vector<std::string> command_line = {};      ///< for the manifest
  std::chrono::steady_clock::time_point started =  ///< when the caller began, for --max-seconds
      std::chrono::steady_clock::now();
  Existing existing = {};           ///< what is done with the files of an earlier run
  bool heeds_signals = false;       ///< those of note_signals() stop the run, and are otherwise ignored
  std::function<bool()> stop = {};  ///< any rank, once an iteration: whether the run shall stop
  std::function<void(std::string_view)> headings = {};  ///< rank 0: what is said before the first iteration
  std::span<Observer* const> observers = {};            ///< rank 0
};

/// Runs an action on the ranks of `world`, or on as many simulated ones as the configuration says. throws UsageError
/// for simulated ranks in a world of several
void on_ranks(const Configuration& configuration, Communicator& world,
              const std::function<void(Communicator&)>& action);

/// A checkpoint to go on from, and the right to write there, if that is where the next ones go.
struct Continuation {
  ResumePoint from;
  Output checkpoint = {};
};

/// A whole run: put together, carried out, and summed up; one that goes on, or one that begins. Collective. Prints
/// nothing. No other run writes its files meanwhile.
[[nodiscard]] Result run(Communicator& world, const Configuration& configuration, const Registry& registry,
                         const Conduct& conduct, std::optional<Continuation> continuation = std::nullopt);

}  // namespace vireo::app
