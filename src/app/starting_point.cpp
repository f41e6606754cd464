#include "app/starting_point.hpp"

#include <fmt/format.h>

#include <cmath>
#include <span>

#include "app/text.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::app {

namespace {

/// The solution in a trace, checked.
trace::Solution read_start(const std::string& path, Index dimension) {
  auto stored = trace::read_solution(path);
  if (stored.z.size() != dimension)
    throw DataError(
        fmt::format("{}: its solution has {} coordinates, but the problem has {}", path, stored.z.size(), dimension));
  for (const double value : stored.z)
    if (!std::isfinite(value)) throw DataError(path + ": its solution is not finite");
  return stored;
}

std::string describe(const std::string& path, const trace::Solution& stored) {
  std::string out = fmt::format("the point that {} holds", path);
  const auto residual = trace::real(stored.attributes, "residual");
  if (residual)
    out += fmt::format(" ({} after {}, residual {})", trace::text(stored.attributes, "returned"),
                       counted(trace::integer(stored.attributes, "iterations", 0), "iteration"), short_real(*residual));
  return out;
}

}  // namespace

StartingPoint starting_point(const Configuration& configuration, const AnyProblem& problem, const BlockRegularizer& g,
                             Communicator& comm) {
  StartingPoint start;
  start.z = problem.initial_point();
  if (!configuration.initial.empty()) {
    collectively(comm, [&] {
      if (comm.rank() != 0) return;
      configuration.origins.blame("initial", [&] {
        auto stored = read_start(configuration.initial, problem.dimension());
        start.remark = describe(configuration.initial, stored);
        start.z = std::move(stored.z);
      });
    });
    comm.broadcast(std::as_writable_bytes(std::span(start.z)), 0);
  }
  const Vector before = start.z;
  g.move_into_domain(start.z);
  if (!start.remark.empty() && start.z != before)
    start.remark += fmt::format("; projected onto the set, {} away", short_real(kernels::distance(before, start.z)));
  return start;
}

}  // namespace vireo::app
