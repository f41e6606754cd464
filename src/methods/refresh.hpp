#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vireo/core/state.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// The coin of the loopless methods: the snapshot becomes w^{k+1} = z^k (or z^{k+1}) with probability 1 - tau, and
/// stays w^k else. All ranks toss the same coin, so that no message is needed.
class Refresh {
 public:
  /// `probability` and `refresh`, and what their automatic value and their choices mean for the method; to: the default
  [[nodiscard]] static std::vector<Parameter> parameters(const std::string& automatic, const std::string& choices,
                                                         const std::string& to);

  Refresh() = default;
  /// automatic: the probability where the user gives none
  Refresh(const Parameters& parameters, double automatic);

  /// The snapshot becomes z^{k+1}, with a probability that is known
  explicit Refresh(double probability) : probability_(probability), to_next_(true) {}

  /// 1 - tau
  [[nodiscard]] double probability() const { return probability_; }
  /// what keeps the snapshot
  [[nodiscard]] double tau() const { return 1 - probability_; }
  /// true: to z^{k+1}; false: to z^k
  [[nodiscard]] bool to_next() const { return to_next_; }
  /// b_k
  [[nodiscard]] bool happens(std::uint64_t seed, std::int64_t k) const;
  /// Lists the probability, so that a run goes on with the one that it began with. Version 0.1.0 did not; what was
  /// automatic then is automatic now.
  void list_state(StateList& state);
  /// "with probability 1-tau = 0.1, w <- z^k"
  [[nodiscard]] std::string text() const;

 private:
  double probability_ = 0;
  bool to_next_ = false;
};

}  // namespace vireo::methods
