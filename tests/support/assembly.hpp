#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vireo/app/registry.hpp"
#include "vireo/solve/solver.hpp"

namespace vireo::test {

/// What specs name in tests: what Vireo brings along, and what a test adds before it runs anything.
[[nodiscard]] Registry& registry();

/// A run put together from specs, as the program does it.
struct Assembly {
  Assembly(Communicator& comm, const std::string& problem_spec, const std::string& method_spec,
           const std::string& uplink = "none", const std::string& downlink = "none", std::uint64_t seed = 1,
           std::optional<Index> workers = std::nullopt, const std::string& data = "", RegularizerPointer g = nullptr,
           bool allow_unproven = false);

  [[nodiscard]] Outcome solve(const Criteria& criteria, std::int64_t trace_every = 0,
                              std::span<Observer* const> observers = {});

  /// F(z), uncompressed
  [[nodiscard]] Vector F(ConstView z);

  Communicator& communicator;
  ProblemPointer problem;
  std::unique_ptr<BlockRegularizer> regularizer;
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<Oracle> oracle;
  Vector z0;
  Constants constants;
  Ledger ledger;
  MethodPointer method;
  std::optional<Vector> solution;
};

}  // namespace vireo::test
