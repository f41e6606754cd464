#pragma once

#include "vireo/methods/deterministic.hpp"

namespace vireo {

/// Forward-reflected-backward splitting (Malitsky, Tam, "A forward-backward splitting method for monotone inclusions
/// without cocoercivity", SIAM J. Optim. 30, 2020, Algorithm (2.1)):
///
///     z^{k+1} = prox_{gamma g}( z^k - gamma ( 2 F(z^k) - F(z^{k-1}) ) ),      F(z^{-1}) = F(z^0).
///
/// Converges for monotone, L-Lipschitz F and gamma < 1/(2L); linearly if F or g is strongly monotone. gamma = auto is
/// 0.99 / (2L). Per iteration: 1 evaluation of F and 1 prox. F is evaluated in the domain of g only.
class ForwardReflectedBackward final : public DeterministicMethod {
 public:
  ForwardReflectedBackward(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;

 private:
  Vector F_previous_;  ///< F(z^{k-1})
};

}  // namespace vireo
