#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// Extragradient (Korpelevich, "The extragradient method for finding saddle points and other problems", 1976):
///
///     z^{k+1/2} = prox_{gamma g}( z^k - gamma F(z^k) )
///     z^{k+1}   = prox_{gamma g}( z^k - gamma F(z^{k+1/2}) )
///
/// Converges for monotone, L-Lipschitz F and gamma < 1/L; linearly if F is strongly monotone. gamma = auto is
/// 1/(sqrt(2) L), where a rotation (the hardest monotone operator) contracts fastest. Per iteration: 2 evaluations of
/// F, 2 uncompressed exchanges.
class Extragradient final : public Method {
 public:
  Extragradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// F(z^k), which the next iteration begins with
  [[nodiscard]] std::optional<Certificate> certificate() const override { return Certificate{z_, F_z_, k_}; }
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  void evaluate(ConstView z, View F);

  Step step_;
  double automatic_ = 0;
  double gamma_ = 0;
  std::int64_t k_ = 0;
  Vector z_, half_, F_z_, F_half_;
};

}  // namespace vireo
