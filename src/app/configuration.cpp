#include "app/configuration.hpp"

#include <cctype>
#include <filesystem>
#include <limits>
#include <set>

#include "app/quantities.hpp"
#include "core/printable.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

constexpr std::int64_t default_max_iterations = 1'000'000;
constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max();
const std::string none = "none";

/// Runs `use` on each of the option's values; an error without the option's place gets it.
template <class Use>
void with(const GivenOptions& given, const std::string& name, Use&& use) {
  const Places places(given, run_options());
  std::size_t which = 0;
  for (const auto& value : given.all(name))
    places.blame(
        name, [&] { use(value); }, which++);
}

template <class Entry>
std::string resolved(const Shelf<Entry>& shelf, const std::string& text) {
  const auto spec = Spec::parse(text);
  return Parameters(shelf.kind(), spec, shelf.find(spec.name).parameters).resolved().text();
}

std::string resolved_regularizer(const Registry& registry, const std::string& given) {
  auto placed = parse_placed_spec(given);
  placed.spec = Spec::parse(resolved(registry.regularizers, placed.spec.text()));
  return text(placed);
}

std::int64_t count_or_none(const Given& given) {
  return given.text == none ? unlimited : parse_count(given.where, given.text, 1);
}

std::string count_text(std::int64_t limit) { return limit == unlimited ? none : std::to_string(limit); }

void read_specs(const GivenOptions& given, const Registry& registry, Configuration& out) {
  for (const char* const name : {"problem", "method"})
    if (!given.has(name))
      throw UsageError(std::string("--") + name + " is missing; see: vireo list " + name + "s, vireo solve --help");
  with(given, "problem", [&](const Given& value) { out.problem = resolved(registry.problems, value.text); });
  with(given, "method", [&](const Given& value) { out.method = resolved(registry.methods, value.text); });
  out.uplink = resolved(registry.compressors, out.uplink);
  out.downlink = resolved(registry.compressors, out.downlink);
  with(given, "uplink", [&](const Given& value) { out.uplink = resolved(registry.compressors, value.text); });
  with(given, "downlink", [&](const Given& value) { out.downlink = resolved(registry.compressors, value.text); });
  with(given, "regularizer",
       [&](const Given& value) { out.regularizers.push_back(resolved_regularizer(registry, value.text)); });
  with(given, "data",
       [&](const Given& value) { out.data = std::filesystem::absolute(value.text).lexically_normal().string(); });
  const auto problem = Spec::parse(out.problem).name;
  const auto& entry = registry.problems.find(problem);
  if (entry.needs_data && out.data.empty())
    throw UsageError("--data is missing: problem '" + problem + "' is made from a file");
  if (!entry.needs_data && !entry.takes_data && !out.data.empty())
    throw UsageError(given.find("data")->where + ": problem '" + problem + "' reads no file");
}

void read_criteria(const GivenOptions& given, const Registry& registry, Configuration& out) {
  auto& criteria = out.criteria;
  criteria.max_iterations = default_max_iterations;
  with(given, "tolerance",
       [&](const Given& value) { criteria.tolerance = parse_nonnegative(value.where, value.text); });
  with(given, "relative-tolerance",
       [&](const Given& value) { criteria.relative_tolerance = parse_nonnegative(value.where, value.text); });
  with(given, "check-every",
       [&](const Given& value) { criteria.check_every = parse_count(value.where, value.text, 1); });
  with(given, "max-iterations", [&](const Given& value) {
    criteria.max_iterations = value.text == none ? unlimited : parse_count(value.where, value.text, 0);
  });
  with(given, "max-seconds", [&](const Given& value) {
    if (value.text != none) criteria.max_seconds = parse_duration(value.where, value.text);
  });
  with(given, "max-oracle-calls", [&](const Given& value) { criteria.max_oracle_calls = count_or_none(value); });
  with(given, "max-wire-bytes", [&](const Given& value) {
    if (value.text != none) criteria.max_wire_bytes = parse_bytes(value.where, value.text);
  });
  criteria.return_point = parse_return_point(registry.methods.find(Spec::parse(out.method).name).default_return);
  with(given, "return", [&](const Given& value) { criteria.return_point = parse_return_point(value.text); });
  out.return_point = criteria.return_point;
}

CheckpointEvery parse_checkpoint_every(const std::string& what, const std::string& text) {
  if (text == none) return {};
  if (std::isalpha(static_cast<unsigned char>(text.back())) == 0) return {.iterations = parse_count(what, text, 1)};
  CheckpointEvery every{.seconds = parse_duration(what, text)};
  if (every.seconds == 0) throw UsageError(what + ": must be longer than 0 s");
  return every;
}

std::string text_of(const CheckpointEvery& every) {
  if (every.iterations > 0) return std::to_string(every.iterations);
  return every.seconds > 0 ? duration_text(every.seconds) : none;
}

void read_placement(const GivenOptions& given, Configuration& out) {
  with(given, "workers",
       [&](const Given& value) { out.workers = static_cast<Index>(parse_count(value.where, value.text, 1)); });
  with(given, "seed",
       [&](const Given& value) { out.seed = static_cast<std::uint64_t>(parse_count(value.where, value.text, 0)); });
  out.allow_unproven = given.flag("allow-unproven");
  with(given, "initial",
       [&](const Given& value) { out.initial = std::filesystem::absolute(value.text).lexically_normal().string(); });
  with(given, "trace",
       [&](const Given& value) { out.trace = std::filesystem::absolute(value.text).lexically_normal().string(); });
  with(given, "trace-every", [&](const Given& value) { out.trace_every = parse_count(value.where, value.text, 1); });
  with(given, "checkpoint",
       [&](const Given& value) { out.checkpoint = std::filesystem::absolute(value.text).lexically_normal().string(); });
  with(given, "checkpoint-every",
       [&](const Given& value) { out.checkpoint_every = parse_checkpoint_every(value.where, value.text); });
  with(given, "rank-timeout", [&](const Given& value) {
    if (value.text == none) return;
    out.rank_timeout = parse_duration(value.where, value.text);
    if (out.rank_timeout == 0) throw UsageError(value.where + ": must be longer than 0 s");
  });
  if (out.checkpoint.empty())
    if (const auto* value = given.find("checkpoint-every"))
      throw UsageError(value->where + " says when to write --checkpoint, which is not given");
  if (!out.checkpoint.empty() && out.checkpoint == out.trace)
    throw UsageError(given.find("checkpoint")->where + ": " + printable(out.checkpoint, 1000) +
                     ": is the file that --trace names");
  with(given, "simulate", [&](const Given& value) {
    const auto ranks = value.text == none ? 0 : parse_count(value.where, value.text, 1);
    // each is a thread of this process
    if (ranks > 4096) throw UsageError("at most 4096 ranks can be simulated, not " + printable(value.text));
    out.simulated_ranks = static_cast<int>(ranks);
  });
  with(given, "latency",
       [&](const Given& value) { out.network.latency_seconds = parse_duration(value.where, value.text); });
  with(given, "bandwidth",
       [&](const Given& value) { out.network.bytes_per_second = parse_rate(value.where, value.text); });
  if (out.simulated_ranks == 0)
    for (const char* const name : {"latency", "bandwidth"})
      if (const auto* value = given.find(name))
        throw UsageError(value->where + " describes the network of --simulate, which is not given");
}

}  // namespace

PlacedSpec parse_placed_spec(const std::string& text) {
  // An equals sign before the first colon or bracket can only follow a block's name.
  const auto mark = text.find_first_of(":=[");
  if (mark == std::string::npos || text[mark] != '=') return {"", Spec::parse(text)};
  std::string spec = text.substr(mark + 1);
  if (spec.size() >= 2 && spec.front() == '[' && spec.back() == ']') spec = spec.substr(1, spec.size() - 2);
  if (mark == 0) throw UsageError("'" + printable(text) + "' names no block before '='");
  return {text.substr(0, mark), Spec::parse(spec)};
}

std::string text(const PlacedSpec& placed) {
  return placed.block.empty() ? placed.spec.text() : placed.block + "=[" + placed.spec.text() + "]";
}

const OptionTable& run_options() {
  static const OptionTable table = {
      {"What is solved, and how",
       {{"problem", "SPEC", "the variational inequality; see: vireo list problems"},
        {"method", "SPEC", "the method; see: vireo list methods"},
        {"uplink", "SPEC", "compressor of what workers send; default none; see: vireo list compressors"},
        {"downlink", "SPEC", "compressor of what workers receive; default none"},
        {"regularizer", "[BLOCK=]SPEC",
         "g, on a block of coordinates that the problem names, or on all of them together; may be given once per block; "
         "see: vireo list regularizers",
         true},
        {"data", "FILE", "the file that a problem is made from: LIBSVM text, plain or gzip, Matrix Market or HDF5"},
        {"workers", "M",
         "number of workers that the components are dealt to; the result depends on it, and not on the "
         "number of ranks; default: the problem's own"},
        {"seed", "S", "seed of all random draws; default 1"},
        {"initial", "FILE.h5",
         "start from the point that another run returned, stored in its trace; projected onto the set if it lies "
         "outside; default: the problem's own starting point"},
        {"allow-unproven", "", "run also where no theorem covers the setting"}}},
      {"When it stops",
       {{"tolerance", "EPS", "on the residual ||z - prox_g(z - F(z))||; default 1e-6; 0: never"},
        {"relative-tolerance", "EPS", "relative to the residual at the start; either suffices; default 0: never"},
        {"check-every", "N",
         "iterations between residuals computed for the stop alone, where the method has none of its own; default 100"},
        {"max-iterations", "N", "default 1000000; none: no limit"},
        {"max-seconds", "T", "such as 90s, 10m, 2h; default none"},
        {"max-oracle-calls", "N", "evaluations of single components; default none"},
        {"max-wire-bytes", "B", "up and down together, such as 2GiB; default none"},
        {"return", "POINT", "last, average or best; default: the method's own, see: vireo list methods"}}},
      {"What is written",
       {{"trace", "FILE.h5", "HDF5 file that gets a row per traced iteration, and the solution"},
        {"trace-every", "N", "iterations between its rows; default 1"},
        {"checkpoint", "FILE.h5",
         "HDF5 file with the whole state, from which vireo resume goes on; the one before it is kept as "
         "FILE.h5.previous; also written at the end, and when a signal (TERM, "
         "INT, USR1, USR2) or --max-seconds ends the run"},
        {"checkpoint-every", "N|T",
         "iterations, such as 500, or time, such as 600s (the default); none: only at the end"}}},
      {"Faults",
       {{"rank-timeout", "T",
         "end the run if no iteration ends for so long, because a rank hangs or is stopped; longer than the longest "
         "iteration and checkpoint; default none"}}},
      {"Simulated network",
       {{"simulate", "P", "run P simulated ranks in this process, in place of MPI"},
        {"latency", "T", "seconds per message, such as 10us (the default)"},
        {"bandwidth", "RATE", "such as 1Gbit/s (the default) or 100MB/s"}}},
  };
  return table;
}

Configuration make_configuration(const GivenOptions& given, const Registry& registry) {
  Configuration out;
  out.places = Places(given, run_options());
  read_specs(given, registry, out);
  read_criteria(given, registry, out);
  read_placement(given, out);
  return out;
}

bool free_on_resume(const std::string& option) {
  static const std::set<std::string> free{"tolerance",        "relative-tolerance", "max-iterations", "max-seconds",
                                          "max-oracle-calls", "max-wire-bytes",     "trace",          "trace-every",
                                          "checkpoint",       "checkpoint-every",   "rank-timeout",   "simulate",
                                          "latency",          "bandwidth"};
  return free.contains(option);
}

std::string ini_text(const Configuration& c) {
  std::string out;
  const auto add = [&](const std::string& name, const std::string& value) { out += ini_line(name, value); };
  add("problem", c.problem);
  add("method", c.method);
  add("uplink", c.uplink);
  add("downlink", c.downlink);
  for (const auto& regularizer : c.regularizers) add("regularizer", regularizer);
  if (!c.data.empty()) add("data", c.data);
  if (c.workers) add("workers", std::to_string(*c.workers));
  add("seed", std::to_string(c.seed));
  if (!c.initial.empty()) add("initial", c.initial);
  add("allow-unproven", c.allow_unproven ? "on" : "off");
  add("tolerance", format_real(c.criteria.tolerance));
  add("relative-tolerance", format_real(c.criteria.relative_tolerance));
  add("check-every", std::to_string(c.criteria.check_every));
  add("max-iterations", count_text(c.criteria.max_iterations));
  add("max-seconds",
      c.criteria.max_seconds < std::numeric_limits<double>::infinity() ? duration_text(c.criteria.max_seconds) : none);
  add("max-oracle-calls", count_text(c.criteria.max_oracle_calls));
  add("max-wire-bytes", count_text(c.criteria.max_wire_bytes));
  if (c.return_point) add("return", to_string(*c.return_point));
  if (!c.trace.empty()) add("trace", c.trace);
  add("trace-every", std::to_string(c.trace_every));
  if (!c.checkpoint.empty()) {
    add("checkpoint", c.checkpoint);
    add("checkpoint-every", text_of(c.checkpoint_every));
  }
  if (c.rank_timeout > 0) add("rank-timeout", duration_text(c.rank_timeout));
  if (c.simulated_ranks > 0) {
    add("simulate", std::to_string(c.simulated_ranks));
    add("latency", duration_text(c.network.latency_seconds));
    add("bandwidth", rate_text(c.network.bytes_per_second));
  }
  return out;
}

}  // namespace vireo::app
