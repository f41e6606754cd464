#include <cctype>

#include "app/run_options/fields.hpp"
#include "app/units.hpp"
#include "core/printable.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

CheckpointEvery parse_checkpoint_every(const std::string& text) {
  if (text == none) return {};
  if (std::isalpha(static_cast<unsigned char>(text.back())) == 0) return {.iterations = parse_count(text, 1)};
  CheckpointEvery every{.seconds = parse_duration(text)};
  if (every.seconds == 0) throw UsageError("must be longer than 0 s");
  return every;
}

std::string text_of(const CheckpointEvery& every) {
  if (every.iterations > 0) return std::to_string(every.iterations);
  return every.seconds > 0 ? duration_text(every.seconds) : none;
}

/// Only where there is a checkpoint
Field checkpoint_every() {
  return only_if([](const Configuration& c) { return !c.checkpoint.empty(); },
                 field(&Configuration::checkpoint_every, parse_checkpoint_every, text_of));
}

void check_checkpoint(Configuration& c, const GivenOptions& /*given*/) {
  if (!c.checkpoint.empty() && c.checkpoint == c.trace)
    throw UsageError(c.origins.of("checkpoint") + ": " + printable(c.checkpoint, 1000) + ": is the file that " +
                     c.origins.of("trace") + " names");
}

void check_checkpoint_every(Configuration& c, const GivenOptions& given) {
  if (c.checkpoint.empty() && given.has("checkpoint-every"))
    throw UsageError(c.origins.of("checkpoint-every") + " says when to write " + c.origins.of("checkpoint") +
                     ", which is not given");
}

}  // namespace

RunOptionGroup what_is_written() {
  const auto free = OnResume::free;
  return {
      "What is written",
      {{{"trace", "FILE.h5", "HDF5 file that gets a row per traced iteration, and the solution"},
        free,
        path(&Configuration::trace)},
       {{"trace-every", "N",
         "iterations between its rows; 0: the first and the last alone; default auto: as many as take a twentieth of "
         "the time"},
        free,
        count_or_auto(&Configuration::trace_every, 0)},
       {{"checkpoint", "FILE.h5",
         "HDF5 file with the whole state, from which vireo resume goes on; the one before it is kept as "
         "FILE.h5.previous; also written at the end, and when a signal (TERM, "
         "INT, USR1, USR2, HUP, XCPU) or --max-seconds ends the run"},
        free,
        path(&Configuration::checkpoint),
        {},
        check_checkpoint},
       {{"checkpoint-every", "N|T",
         "iterations, such as 500, or time, such as 600s (the default); none: only at the end"},
        free,
        checkpoint_every(),
        {},
        check_checkpoint_every}}};
}

}  // namespace vireo::app
