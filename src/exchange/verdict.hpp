#pragma once

#include <exception>

#include "vireo/core/kernels.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::exchanging {

/// Whether an exchange has worked so far, as one rank knows it. The uplink begins it, the downlink makes it the verdict
/// of all ranks.
struct Verdict {
  /// All numbers that were looked at are finite.
  bool finite = true;
  /// What a worker of this rank threw. It is then not finite either.
  std::exception_ptr failure{};

  void look_at(ConstView numbers) { finite = kernels::all_finite(numbers) && finite; }
};

}  // namespace vireo::exchanging
