#include "vireo/solve/criteria.hpp"

#include "core/printable.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

ReturnPoint parse_return_point(const std::string& text) {
  if (text == "last") return ReturnPoint::last;
  if (text == "average") return ReturnPoint::average;
  if (text == "best") return ReturnPoint::best;
  throw UsageError("return", "'" + printable(text) + "' is not one of last, average, best");
}

std::string to_string(ReturnPoint point) {
  switch (point) {
    case ReturnPoint::last:
      return "last";
    case ReturnPoint::average:
      return "average";
    case ReturnPoint::best:
      return "best";
  }
  return "unknown";
}

std::string to_string(Termination termination) {
  switch (termination) {
    case Termination::converged:
      return "converged";
    case Termination::max_iterations:
      return "max-iterations";
    case Termination::max_seconds:
      return "max-seconds";
    case Termination::max_oracle_calls:
      return "max-oracle-calls";
    case Termination::max_wire_bytes:
      return "max-wire-bytes";
    case Termination::diverged:
      return "diverged";
    case Termination::not_finite:
      return "not-finite";
    case Termination::interrupted:
      return "interrupted";
    case Termination::stagnated:
      return "stagnated";
    case Termination::below_reference:
      return "below-reference";
  }
  return "unknown";
}

}  // namespace vireo
