#include "app/checkpointing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/text.hpp"
#include "storage/checkpoint_reader.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

/// A write may take longer than the last one did.
constexpr double safety = 2;

}  // namespace

Checkpointing::Checkpointing(Exchange& exchange, const Configuration& configuration, std::string path,
                             checkpoint::Header header, const std::optional<ResumePoint>& from,
                             Clock::time_point started, std::function<bool()> stop)
    : exchange_(exchange),
      configuration_(configuration),
      path_(std::move(path)),
      header_(std::move(header)),
      resumed_from_(from ? from->found.path : ""),
      resumed_iteration_(from ? trace::integer(from->contents.run, "iteration", 0) : 0),
      started_(started),
      stop_(std::move(stop)),
      last_saved_(Clock::now()) {
  // A checkpoint that is resumed from is replaced by what follows from it, whichever of the two generations it is.
  replaced_ = resumed_from_ == path_;
}

double Checkpointing::seconds_since(Clock::time_point time) const {
  return std::chrono::duration<double>(Clock::now() - time).count();
}

bool Checkpointing::load(RunState& state) {
  if (resumed_from_.empty()) return false;
  collectively(exchange_.communicator(), [&] {
    checkpoint::load(resumed_from_, checkpoint::Placement::of(exchange_), state);
    // Its run may go on meanwhile, where this one writes elsewhere.
    if (state.iteration() != resumed_iteration_)
      throw DataError(resumed_from_ + ": was replaced while it was read, by a run that goes on; try again");
  });
  saved_iteration_ = state.iteration();
  return true;
}

bool Checkpointing::stop_requested() { return stop_(); }

bool Checkpointing::out_of_time() {
  if (last_asked_) longest_iteration_ = std::max(longest_iteration_, seconds_since(*last_asked_));
  last_asked_ = Clock::now();
  // without a checkpoint nothing is written at the end, and the run need not leave early
  const double at_the_end = path_.empty() ? 0 : safety * last_seconds_ + longest_iteration_;
  return seconds_since(started_) + at_the_end >= configuration_.criteria.max_seconds;
}

bool Checkpointing::save_due(std::int64_t iteration) {
  if (path_.empty() || iteration == saved_iteration_) return false;
  // With a limit of time the first one tells how long the last one will take.
  if (count_ == 0 && iteration > 0 && std::isfinite(configuration_.criteria.max_seconds)) return true;
  const auto& every = configuration_.checkpoint_every;
  if (every.iterations > 0) return iteration > 0 && iteration % every.iterations == 0;
  return every.seconds > 0 && seconds_since(last_saved_) >= every.seconds;
}

bool Checkpointing::save(RunState& state) {
  if (path_.empty()) return false;
  const auto begin = Clock::now();
  const bool saved = configuration_.origins.blame("checkpoint", [&] {
    return checkpoint::write(exchange_.communicator(), path_, header_, checkpoint::Placement::of(exchange_), state,
                             replaced_ ? checkpoint::Generations::keep_previous : checkpoint::Generations::begin);
  });
  last_saved_ = Clock::now();
  last_asked_.reset();  // an iteration does not last as long as it does with a checkpoint after it
  if (!saved) return false;
  replaced_ = true;
  saved_iteration_ = state.iteration();
  last_seconds_ = std::chrono::duration<double>(last_saved_ - begin).count();
  all_seconds_ += last_seconds_;
  ++count_;
  return true;
}

std::string Checkpointing::summary() const {
  if (path_.empty()) return {};
  if (count_ == 0) return "none was written";
  return fmt::format("{} in {} ({:.2g} % of the time since the start), the last after iteration {}: {}",
                     grouped(count_), human_seconds(all_seconds_),
                     100 * all_seconds_ / std::max(seconds_since(started_), all_seconds_), grouped(saved_iteration_),
                     configuration_.checkpoint);
}

}  // namespace vireo::app
