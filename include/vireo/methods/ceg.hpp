#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// Compressed extragradient: extragradient with its messages compressed as they are. The baseline that shows what the
/// differences in MASHA1 are for (Beznosikov et al., NeurIPS 2022, experiments: "CEG").
///
///     z^{k+1/2} = prox_{gamma g}( z^k - gamma Q^serv( (1/M) sum_m Q_m^dev( F_m(z^k) ) ) )
///     z^{k+1}   = prox_{gamma g}( z^k - gamma Q^serv( (1/M) sum_m Q_m^dev( F_m(z^{k+1/2}) ) ) )
///
/// The two exchanges of an iteration draw independently. Any compressors.
///
/// No guarantee, and no convergence where workers differ: F_m(z*) != 0 is compressed anew in every iteration, and its
/// noise stays, so that ||z^k - z*|| stalls at a floor that is proportional to it and shrinks with gamma. gamma = auto
/// is a heuristic: extragradient's 1/(sqrt(2) L) with C_q in place of L for unbiased compressors (MASHA1's constant, L
/// without compression), and divided by delta for contractive ones.
/// Per iteration: 2 evaluations of F, 2 compressed exchanges.
class CompressedExtragradient final : public Method {
 public:
  /// throws UsageError if step=auto needs an L that is not known
  CompressedExtragradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// none: F is never known exactly
  [[nodiscard]] std::optional<Certificate> certificate() const override { return std::nullopt; }
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void list_state(StateList& state) override;
  void restore() override { half_ = z_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  Step step_;
  double automatic_ = 0;
  double gamma_ = 0;
  std::string formula_;
  std::int64_t k_ = 0;
  Vector z_, half_;
};

}  // namespace vireo
