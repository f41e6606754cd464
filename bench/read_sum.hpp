#pragma once

#include <array>
#include <limits>

#include "bench/compare.hpp"
#include "core/lanes.hpp"

/// The bandwidth of the machine's memory: what reading an array once can reach, by summing it.
namespace vireo::bench {

/// The sum of n numbers in several streams at once; each has `unroll` partial sums, and asks for what it will read
/// `ahead` numbers later (0: leaves that to the processor).
template <Index streams, Index unroll, Index ahead>
double read_sum(const double* A, Index n) {
  std::array<std::array<Lanes, unroll>, streams> partial{};
  const Index length = n / streams / (unroll * lanes) * (unroll * lanes);
  for (Index j = 0; j < length; j += unroll * lanes)
    for (Index s = 0; s < streams; ++s)
      for (Index u = 0; u < unroll; ++u) {
        const double* const at = A + s * length + j + u * lanes;
        if constexpr (ahead > 0) __builtin_prefetch(at + ahead);
        partial[s][u] += load(at);
      }
  double total = 0;
  for (Index j = streams * length; j < n; ++j) total += A[j];
  for (const auto& of_stream : partial)
    for (const auto& lane : of_stream) total += sum(lane);
  return total;
}

/// The shortest times of `action` and of one pass over the n numbers of A, in turns. Which form of the sum is the
/// fastest differs between processors and page sizes, so several are tried and the best of all counts.
struct AgainstReading {
  double action;
  double reading;
};
template <class Action>
AgainstReading against_reading(double least_seconds, const double* A, Index n, Action&& action) {
  const auto read = [&](auto pass) { return [=] { benchmark::DoNotOptimize(pass(A, n)); }; };
  const auto times = fastest_in_turns(least_seconds, action, read(read_sum<1, 8, 0>), read(read_sum<1, 8, 64>),
                                      read(read_sum<4, 4, 64>), read(read_sum<8, 2, 64>), read(read_sum<12, 1, 32>));
  return {times[0], *std::min_element(times.begin() + 1, times.end())};
}

}  // namespace vireo::bench
