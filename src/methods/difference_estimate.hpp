#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "methods/participation.hpp"
#include "methods/sampling.hpp"
#include "methods/snapshot.hpp"

namespace vireo::methods {

/// What the workers send of F(u) - F(w), where w is the snapshot: the workers of S their D_m,
///
///     full            S: all M workers     D_m = F_m(u) - F_m(w)
///     sampled         S: all M workers     D_m = F_{m,B}(u) - F_{m,B}(w)     (SampledDifference)
///     participating   S: b of M workers    D_m = F_m(u) - F_m(w)             (Participation)
///
/// In each case the mean of D_m over S is F(u) - F(w) in expectation. Where snapshots are announced by a compressor, D_m
/// has a_m besides, which is what worker m has not announced of F_m(w) (see Snapshot).
class DifferenceEstimate {
 public:
  /// The rows of the table above
  enum class Kind : std::uint8_t { full, sampled, participating };

  /// What the snapshot must keep: with sampled components it is evaluated anew.
  [[nodiscard]] static Snapshot::Keep needs(Kind kind) {
    return kind == Kind::sampled ? Snapshot::Keep::nothing : Snapshot::Keep::worker_values;
  }

  /// context, snapshot: of the method that owns this object; method: its name, for messages. Reads the parameters of
  /// SampledDifference or Participation.
  DifferenceEstimate(Kind kind, const std::string& method, const Parameters& parameters, const MethodContext& context,
                     const Snapshot& snapshot);

  /// S in iteration k, for Round::senders: empty if it is all workers, else valid until the next call
  [[nodiscard]] std::optional<std::span<const Index>> senders(std::int64_t k);
  /// D = D_m
  void operator()(Index worker, std::int64_t k, ConstView u, View D);

  /// What a worker of S evaluates for D_m, relative to F_m
  [[nodiscard]] double cost_of_worker() const { return sampled_ ? 2 * sampled_->cost() : 1.0; }
  /// |S| / M
  [[nodiscard]] double share_of_workers() const { return participation_ ? participation_->share() : 1.0; }
  /// B, of the kind `sampled`
  [[nodiscard]] const SampledDifference& sampled() const { return sampled_.value(); }
  /// S, of the kind `participating`
  [[nodiscard]] const Participation& participation() const { return participation_.value(); }
  /// What is drawn, for the heading: a line `batch` or `participants`, or none
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> lines() const;

 private:
  const MethodContext& context_;
  const Snapshot& snapshot_;
  std::optional<SampledDifference> sampled_;
  std::optional<Participation> participation_;
  std::vector<Index> senders_;
};

}  // namespace vireo::methods
