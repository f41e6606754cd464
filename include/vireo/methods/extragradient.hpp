#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo {

/// Extragradient (Korpelevich, "The extragradient method for finding saddle points and other problems", 1976):
///
///     z^{k+1/2} = prox_{gamma g}( z^k - gamma F(z^k) )
///     z^{k+1}   = prox_{gamma g}( z^k - gamma F(z^{k+1/2}) )
///
/// Converges for monotone, L-Lipschitz F and gamma < 1/L; linearly if F is strongly monotone. gamma = auto is
/// 1/(sqrt(2) L), where a rotation (the hardest monotone operator) contracts fastest. Per iteration: 2 evaluations of
/// F, 2 uncompressed exchanges.
class Extragradient final : public DeterministicMethod {
 public:
  Extragradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void restore() override;

 private:
  Vector half_, F_half_;
};

}  // namespace vireo
