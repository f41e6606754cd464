#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vireo/core/vector.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// Partial participation: in round k the b of M workers S^k take part, drawn without replacement.
class Participation {
 public:
  /// `participants`: b; without it, half of the workers
  [[nodiscard]] static Parameter parameter();

  /// throws UsageError if b > M
  Participation(const Parameters& parameters, Index workers, const std::string& method);

  /// b
  [[nodiscard]] Index size() const { return size_; }
  /// b / M
  [[nodiscard]] double share() const { return static_cast<double>(size_) / static_cast<double>(workers_); }
  /// S^k, in increasing order: a function of (seed, k), the same on all ranks
  [[nodiscard]] std::vector<Index> in_round(std::uint64_t seed, std::int64_t k) const;
  /// "3 of 10 workers"
  [[nodiscard]] std::string text() const;

 private:
  Index workers_;
  Index size_;
};

}  // namespace vireo::methods
