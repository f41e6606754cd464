#pragma once

#include <memory>

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {
class Points;
struct PointBlocks;
namespace particles {
class Swarm;
}
}  // namespace vireo

namespace vireo::methods {

/// Consensus-based optimization (Pinnau, Totzeck, Tse, Martin, "A consensus-based model for global optimization", 2017;
/// Carrillo, Jin, Li, Zhu, "A consensus-based global optimization method for high dimensional machine learning
/// problems", 2021) of f + g, with N particles X^i on the ranks in blocks of 64:
///
///     c_k = sum_i w_i X^i_k / sum_i w_i,   w_i = exp(-alpha_k (f(X^i_k) - min_j f(X^j_k)))
///     X^i_{k+1} = X^i_k - lambda dt (X^i_k - c_k) + sigma sqrt(dt) D(X^i_k - c_k) xi^i_k,   xi ~ N(0, I)
///
/// with D(v) = diag(|v_j|) (anisotropic) or |v| I (isotropic); the point is c_k. Where lambda dt and s = sigma sqrt(dt)
/// are such that E log |1 - lambda dt + s xi| < 0 particles come together almost surely: s below about 1.5. The
/// theory's stricter 2 lambda > sigma^2 finds no global minimum of Rastrigin's function in 20 dimensions; s = 0.7 does.
///
/// Per step: N evaluations of f, and one reduction of d + 7 numbers; where the data of f are split over the ranks, one
/// of the N values besides. What is not finite is left out of the weights and counted. Nothing here needs f to be
/// convex, or smooth; nothing is promised for finite N either.
///
/// Consensus hopping (Riedl, Klock, Geldhauser, Fornasier, "Gradient is all you need?", 2023) draws all particles
/// afresh, X^i_{k+1} = c_k + width xi^i_k: to first order a gradient step of length alpha width^2, on quadratics
/// exactly a smoothed proximal step.
class Cbo final : public Method {
 public:
  /// cbo, or consensus-hopping.
  enum class Kind : std::uint8_t { consensus, hopping };
  /// throws UsageError if the problem has no objective, or the channel compresses
  Cbo(const Parameters& parameters, MethodContext context, Kind kind);
  ~Cbo() override;

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override;
  [[nodiscard]] std::optional<Certificate> certificate() const override { return std::nullopt; }
  void list_state(StateList& state) override;
  void restore() override {}
  [[nodiscard]] std::vector<Measure> measures() const override;
  [[nodiscard]] IterationCost cost() const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

  /// the particles of this rank
  [[nodiscard]] const particles::Swarm& swarm() const { return *swarm_; }

 private:
  void energy(const Points& points, View out) const;
  void energies(const PointBlocks& blocks, View out) const;
  void add_g(const Points& points, View out) const;

  std::unique_ptr<particles::Swarm> swarm_;
};

}  // namespace vireo::methods
