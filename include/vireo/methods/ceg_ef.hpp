#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// Compressed extragradient with error feedback: what a message leaves out is added to the next one of its kind
/// (Seide, Fu, Droppo, Li, Yu, "1-bit stochastic gradient descent", Interspeech 2014, applied to both exchanges of
/// extragradient; a baseline of Beznosikov et al., NeurIPS 2022).
///
///     x_m = gamma F_m(z^k) + e_m,              c_m = C_m^dev(x_m),  e_m <- x_m - c_m
///     y   = (1/M) sum_m c_m + e,               G   = C^serv(y),     e   <- y - G
///     z^{k+1/2} = prox_{gamma g}( z^k - G )
///     z^{k+1}   = prox_{gamma g}( z^k - G' ),  G' made in the same way from F_m(z^{k+1/2}), with memories of its own
///
/// The step is inside the compressor, so that the memories are in units of z. Needs contractive compressors: with
/// others the memories grow without bound.
///
/// No guarantee: ||z^k - z*|| stalls at a floor where workers differ, of order gamma delta, lower as a rule than
/// without feedback. gamma = auto is a heuristic: extragradient's 1/(sqrt(2) L), divided by the compressors' delta.
/// Per iteration: 2 evaluations of F, 2 compressed exchanges. Memory: 2 vectors for each worker.
class CompressedExtragradientFeedback final : public Method {
 public:
  /// throws UsageError for compressors that are not contractive, and if step=auto needs an L that is not known
  CompressedExtragradientFeedback(const Parameters& parameters, MethodContext context);

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
  Feedback first_, second_;  ///< of the exchanges at z^k and at z^{k+1/2}
};

}  // namespace vireo
