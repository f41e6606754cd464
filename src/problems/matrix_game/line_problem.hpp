#pragma once

#include <memory>
#include <vector>

#include "problems/matrix_game/line_shard.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// What affine problems on z = (x, y) that are sampled by columns of their Jacobian have in common.
class LineProblem : public Problem {
 public:
  [[nodiscard]] Index dimension() const override { return size_x_ + size_y_; }
  [[nodiscard]] Index components() const override { return pairs_.size(); }
  [[nodiscard]] const Shard& shard(Index worker) const override { return *shards_.at(worker - workers_here_.begin); }
  [[nodiscard]] Index draw_component(random::Stream& stream) const override { return pairs_.draw(stream); }
  [[nodiscard]] std::vector<Block> blocks() const override {
    return {{"x", {0, size_x_}}, {"y", {size_x_, dimension()}}};
  }
  [[nodiscard]] bool affine() const override { return true; }
  [[nodiscard]] std::size_t memory_bytes() const override;

 protected:
  /// what: a component is, for the message about too many workers
  LineProblem(const ProblemContext& context, linalg::LinePairs pairs, Index size_x, Index size_y, const char* what);

  /// The x (y) coordinates that this rank's components use, counted from the beginning of the side; empty on a rank
  /// without workers
  [[nodiscard]] Range coordinates_x_here() const { return coordinates_here(true); }
  [[nodiscard]] Range coordinates_y_here() const { return coordinates_here(false); }
  /// Text that identifies c and the lines of x, the same for any number of ranks. Collective; after make_shards
  [[nodiscard]] std::string digest(Communicator& comm) const;

  /// The shards of this rank's workers. Each side's lines are those of the coordinates above.
  void make_shards(const LineSide& x, const LineSide& y, const std::shared_ptr<const Vector>& c);

  [[nodiscard]] const linalg::LinePairs& pairs() const { return pairs_; }
  [[nodiscard]] Index size_x() const { return size_x_; }
  [[nodiscard]] Index size_y() const { return size_y_; }

 private:
  [[nodiscard]] Range coordinates_here(bool of_x) const;
  [[nodiscard]] Range components_of(Index worker) const { return part_of(pairs_.size(), layout().workers(), worker); }

  linalg::LinePairs pairs_;
  Index size_x_;
  Index size_y_;
  Range workers_here_;
  std::size_t bytes_ = 0;
  LineSide side_x_;
  std::shared_ptr<const Vector> c_;
  std::vector<std::unique_ptr<LineShard>> shards_;
};

}  // namespace vireo::problems
