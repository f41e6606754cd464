#pragma once

#include "vireo/methods/deterministic.hpp"
#include "vireo/plugins/registry.hpp"

/// The golden ratio algorithm (Malitsky, "Golden ratio algorithms for variational inequalities", Mathematical
/// Programming 184, 2020, section 2), with phi = (1 + sqrt 5)/2:
///
///     1  zbar^k  = ( (phi-1) z^k + zbar^{k-1} ) / phi,      zbar^{-1} = z^0
///     2  z^{k+1} = prox_{gamma g}( zbar^k - gamma F(z^k) )
///
/// Converges for monotone, L-Lipschitz F and gamma <= phi/(2L), which is gamma = auto. Per iteration: 1 evaluation of F
/// and 1 prox.
class Graal final : public vireo::DeterministicMethod {
 public:
  Graal(const vireo::Parameters& parameters, vireo::MethodContext context);

  void start(vireo::ConstView z0) override;
  void iterate() override;
  void list_state(vireo::StateList& state) override;

 private:
  vireo::Vector zbar_;
};

/// Makes `graal` known to the command line.
void register_graal(vireo::Registry& registry);
