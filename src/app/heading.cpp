#include "app/heading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/manifest.hpp"
#include "app/text.hpp"
#include "vireo/problems/objective.hpp"

namespace vireo::app {

namespace {

std::int64_t whole(Index value) { return static_cast<std::int64_t>(value); }

std::string placement(const WorkerLayout& layout, bool simulated) {
  std::string out = fmt::format("{} on {}", grouped(whole(layout.workers())),
                                counted(whole(layout.ranks()), simulated ? "simulated rank" : "rank"));
  if (layout.idle_ranks() > 0)
    out += fmt::format("; {} idle: there are more ranks than workers",
                       counted(whole(layout.idle_ranks()), "rank") + (layout.idle_ranks() == 1 ? " is" : " are"));
  return out;
}

std::string message(const std::string& spec, const CompressorPointer& compressor, Index dimension, Index workers) {
  if (compressor == nullptr) return spec;
  const double full = 8 * static_cast<double>(dimension);
  const auto bytes = static_cast<double>(compressor->encoded_bytes({{}, dimension, workers}));
  if (compressor->identity()) return fmt::format("{}: {} per message", spec, human_bytes(bytes));
  return fmt::format("{}: {} per message, {:.3g} % of the uncompressed {}", spec, human_bytes(bytes),
                     100 * bytes / full, human_bytes(full));
}

/// "none", or what the messages weigh; "; masha1 compresses nothing, --uplink natural would" where that is so
std::string uplink_text(const Configuration& configuration, const Channel& channel, Index dimension, Index workers) {
  const auto& method = *configuration.method.entry;
  const auto exact = [](const CompressorPointer& compressor) { return !compressor || compressor->identity(); };
  std::string text = message(configuration.uplink.text(), channel.uplink, dimension, workers);
  if (!method.usual_uplink.empty() && exact(channel.uplink) && exact(channel.downlink))
    text += fmt::format("; {} compresses nothing, --uplink {} would", method.name, method.usual_uplink);
  return text;
}

std::string stop_text(const Criteria& c) {
  std::string out;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : ", or ") + text; };
  constexpr auto unlimited = std::numeric_limits<std::int64_t>::max();
  if (c.tolerance > 0) add(fmt::format("residual <= {:.4g}", c.tolerance));
  if (c.relative_tolerance > 0)
    add(fmt::format("residual <= {:.4g} of the residual at the start", c.relative_tolerance));
  if (c.gap_tolerance > 0) add(fmt::format("gap <= {:.4g}", c.gap_tolerance));
  if (c.max_iterations < unlimited) add(counted(c.max_iterations, "iteration"));
  if (std::isfinite(c.max_seconds)) add(human_seconds(c.max_seconds));
  if (c.max_oracle_calls < unlimited) add(counted(c.max_oracle_calls, "oracle call"));
  if (c.max_wire_bytes < unlimited) add(human_bytes(static_cast<double>(c.max_wire_bytes)) + " up and down");
  return out.empty() ? "never: no tolerance and no limit is given" : out;
}

std::string checkpoint_text(const CheckpointEvery& every) {
  if (every.iterations > 0)
    return ", every " + (every.iterations == 1 ? "iteration" : counted(every.iterations, "iteration"));
  return every.seconds > 0 ? ", every " + human_seconds(every.seconds) : ", at the end";
}

std::string rows_text(std::int64_t trace_every) {
  if (trace_every == 0) return "the first and the last row";
  return "a row every " + (trace_every == 1 ? "iteration" : counted(trace_every, "iteration"));
}

/// "x (100), y (100)"; of very many "93,135: od1 (3), od2 (5), od3 (2), ..., od93135 (4)"
std::string blocks_text(const std::vector<Block>& blocks) {
  constexpr std::size_t most = 12, of_many = 3;
  const bool many = blocks.size() > most;
  std::string list = many ? grouped(whole(blocks.size())) + ": " : "";
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (many && i == of_many) list += ", ...";
    if (many && i >= of_many && i + 1 < blocks.size()) continue;
    list += fmt::format("{}{} ({})", i == 0 ? "" : ", ", blocks[i].name, grouped(whole(blocks[i].range.size())));
  }
  return list;
}

/// The first of the constants that the method takes which is an estimate; empty: none is
std::string first_estimate(const Setup& setup) {
  for (const auto& [name, constant] : named(setup.constants))
    if (constant.origin == Origin::estimated && name != "mu" && std::ranges::count(setup.taken, name) > 0) return name;
  return "";
}

}  // namespace

std::string problem_heading(const Configuration& configuration, const LoadedProblem& loaded, Communicator& comm) {
  const auto& problem = *loaded.problem;
  const auto& layout = problem.layout();
  Table table;
  table.add("problem", configuration.problem.text());
  if (!configuration.data.empty()) table.add("data", configuration.data);
  table.add("sizes", fmt::format("dimension d = {}, components n = {}", grouped(whole(problem.dimension())),
                                 grouped(whole(problem.components()))));
  if (const auto blocks = problem.blocks(); blocks.size() > 1) table.add("blocks", blocks_text(blocks));
  if (!loaded.start_remark.empty()) table.add("start", loaded.start_remark);
  if (!loaded.regularizer->zero()) table.add("g", loaded.regularizer->description());
  for (const auto& remark : problem.remarks()) table.add("note", remark);
  if (const auto* const f = problem.objective(); f != nullptr && !f->together())
    table.add("ranks", fmt::format("{}, which share the particles",
                                   counted(whole(layout.ranks()),
                                           configuration.simulated_ranks > 0 ? "simulated rank" : "rank")));
  else
    table.add("workers", placement(layout, configuration.simulated_ranks > 0));
  if (configuration.simulated_ranks > 0)
    table.add("network",
              fmt::format("modelled: {} per message, {}/s", human_seconds(configuration.network.latency_seconds),
                          human_bytes(configuration.network.bytes_per_second)));
  else
    table.add("hosts", host_list(gather_all(comm, comm.host())));
  return program_name() + "\n\n" + table.text(name_width);
}

std::string method_heading(const Configuration& configuration, const LoadedProblem& loaded, const Setup& setup,
                           const Channel& channel, const Method& method, const std::string& remark_on_files) {
  Table table;
  for (const auto& [name, constant] : named(setup.constants))
    table.add(name, fmt::format("{} ({})", short_real(constant.value), to_string(constant.origin)));
  if (setup.constant) table.add("note", "F is constant, so that any L is one: the step is made from the one above");
  if (!setup.not_monotone.empty()) table.add("note", setup.not_monotone);
  if (const auto name = first_estimate(setup); !name.empty())
    table.add("warning", fmt::format("{0} is estimated from finite differences and may be too small; if the run "
                                     "diverges, give {0}=... with the method, or step=0.1x",
                                     name));
  table.add("method", configuration.method.text());
  for (const auto& [name, value] : method.description()) table.add(name, value);
  const Index dimension = loaded.problem->dimension();
  const Index workers = loaded.problem->layout().workers();
  table.add("uplink", uplink_text(configuration, channel, dimension, workers));
  table.add("downlink", message(configuration.downlink.text(), channel.downlink, dimension, workers));
  table.add("seed", std::to_string(configuration.seed));
  table.add("stops at", stop_text(configuration.criteria));
  if (!configuration.trace.empty())
    table.add("trace", configuration.trace + ", " + rows_text(*configuration.trace_every));
  if (!configuration.checkpoint.empty())
    table.add("checkpoint", configuration.checkpoint + checkpoint_text(configuration.checkpoint_every));
  if (!remark_on_files.empty()) table.add("note", remark_on_files);
  return table.text(name_width) + "\n";
}

}  // namespace vireo::app
