#pragma once

#include <memory>
#include <vector>

#include "problems/games/game_shard.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// What generated games have in common: two players of h coordinates each, n affine components, and a known solution.
class GeneratedGame : public Problem {
 public:
  [[nodiscard]] Index dimension() const override { return 2 * half_; }
  [[nodiscard]] Index components() const override { return components_; }
  [[nodiscard]] const Shard& shard(Index worker) const override { return *shards_.at(worker - workers_here_.begin); }
  [[nodiscard]] std::vector<Block> blocks() const override;
  [[nodiscard]] bool affine() const override { return true; }
  [[nodiscard]] std::optional<Vector> solution() const override { return solution_; }
  [[nodiscard]] std::size_t memory_bytes() const override;
  [[nodiscard]] std::string fingerprint() const override { return "generated"; }

 protected:
  /// What the random numbers of a generated game are for (the `iteration` of their keys)
  enum Draw : std::uint64_t {
    common_matrix = 1,
    matrix = 2,
    matrix_P = 3,
    matrix_Q = 4,
    solution_draw = 5,
    offset = 6,
    reflection = 10
  };

  GeneratedGame(const ProblemContext& context, Index dimension, Index components, std::uint64_t seed);

  /// Key of component i's numbers; i = random::nobody for what all components share
  [[nodiscard]] random::Key key(std::uint64_t i, std::uint64_t draw) const {
    return {seed_, random::Purpose::problem, i, draw};
  }

  /// c_i = -J_i z* + xi_i - xi_{i+1 mod n}, standard normal xi: the components disagree at z*, their mean vanishes
  /// there.
  void set_offset(GameComponent& component, Index i) const;

  /// Components of a worker of this rank
  [[nodiscard]] Range components_of(Index worker) const { return part_of(components_, layout().workers(), worker); }
  [[nodiscard]] const Range& workers_here() const { return workers_here_; }
  void add_shard(std::vector<GameComponent> components);

  Index half_;
  Index components_;
  std::uint64_t seed_;
  Range workers_here_;
  Vector solution_;
  std::vector<std::unique_ptr<GameShard>> shards_;
};

}  // namespace vireo::problems
