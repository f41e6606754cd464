#pragma once

#include <memory>
#include <vector>

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

class Points;
namespace particles {
class Swarm;
}

/// Consensus-based optimization for saddle points and games (Huang, Qiu, Riedl, "Consensus-based optimization for
/// saddle point problems", SICON 62, 2024; more players: Chenchene, Huang, Qiu, JOTA 206, 2025). Player b has N
/// particles in its block of the coordinates, weighed by its cost against a reference point of each other player:
///
///     c_b = sum_i w_i X^{b,i} / sum_i w_i,   w_i = exp(-alpha cost_b(X^{b,i}; r_{-b}))
///     X^{b,i} <- X^{b,i} - lambda dt (X^{b,i} - c_b) + sigma sqrt(dt) D(X^{b,i} - c_b) xi
///
/// one player after the other, each knowing the new references of those before it (sweep=gauss-seidel, as published for
/// saddle points), or all at once (jacobi, as published for games). r is the mean of the player's particles (as
/// published), their consensus, or the best of them. The point is (c_b)_b.
///
/// This is a dynamic of best responses: it needs strict ones. On bilinear games it diverges, or sits in corners; take
/// cbo-vi or extragradient there. Per step: N evaluations a player, one reduction of d_b + 7 numbers a player, and one
/// more for the mean.
class CboSaddle final : public Method {
 public:
  /// throws UsageError unless the problem gives its players' costs, and if the channel compresses
  CboSaddle(const Parameters& parameters, MethodContext context);
  ~CboSaddle() override;

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  [[nodiscard]] std::optional<Certificate> certificate() const override { return std::nullopt; }
  void list_state(StateList& state) override;
  void restore() override {}
  [[nodiscard]] std::vector<Measure> measures() const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  enum class Reference : std::uint8_t { mean, consensus, best };

  void weigh(Index player);
  void move(Index player);
  void refer(Index player);
  [[nodiscard]] View block_of(View z, Index player) const;

  Reference reference_;
  bool one_by_one_;
  std::vector<Range> blocks_;
  std::vector<std::unique_ptr<particles::Swarm>> swarms_;
  Vector z_;  ///< the consensus points
  Vector r_;  ///< the reference points
};

}  // namespace vireo
