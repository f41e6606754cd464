#pragma once

#include <cstdint>
#include <vector>

#include "vireo/core/random.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::linalg {

/// The law by which one x and one y coordinate are drawn together, with given shares P_a of the x coordinates a and Q_b
/// of the y coordinates b: [0, 1) is cut twice, into intervals of lengths P_a in order and of lengths Q_b in order, and
/// a uniform point of [0, 1) draws the two that it falls into.
///
/// The pairs (a, b) that can be drawn are the cells of the common refinement: n <= |P| + |Q| - 1 of them, |P| if P = Q.
/// They are the components of the problems that sample by lines; pairs are ordered, in both coordinates. All is done in
/// whole numbers, P_a = weight of a / total, so that the pairs' probabilities add up to P and Q exactly.
class LinePairs {
 public:
  /// all coordinates of each side alike
  [[nodiscard]] static LinePairs uniform(Index x, Index y);
  /// P_a in proportion to sizes_x[a] >= 0, Q_b to sizes_y[b], up to 2^-60; a coordinate of size 0 is never drawn. All
  /// alike on a side whose sizes are all 0.
  [[nodiscard]] static LinePairs by_size(ConstView sizes_x, ConstView sizes_y);

  struct Cell {
    std::uint32_t x = 0;
    std::uint32_t y = 0;
  };
  /// n
  [[nodiscard]] Index size() const { return cells_.size(); }
  [[nodiscard]] Cell cell(Index k) const { return cells_[k]; }
  /// of drawing pair k
  [[nodiscard]] double probability(Index k) const { return static_cast<double>(weight(k)) / total(); }
  /// P_a, Q_b
  [[nodiscard]] double probability_x(Index a) const { return static_cast<double>(weights_x_[a]) / total(); }
  [[nodiscard]] double probability_y(Index b) const { return static_cast<double>(weights_y_[b]) / total(); }
  /// the probability of x coordinate cell(k).x that belongs to pair k, as a share of P_a; likewise y
  [[nodiscard]] double share_x(Index k) const { return share(k, weights_x_[cells_[k].x]); }
  [[nodiscard]] double share_y(Index k) const { return share(k, weights_y_[cells_[k].y]); }

  /// the number of a pair
  [[nodiscard]] Index draw(random::Stream& stream) const;

  [[nodiscard]] std::size_t bytes() const { return 16 * cells_.size() + 8 * (weights_x_.size() + weights_y_.size()); }

 private:
  using Weights = std::vector<std::uint64_t>;
  /// of equal sums
  LinePairs(Weights weights_x, Weights weights_y);

  [[nodiscard]] std::uint64_t weight(Index k) const { return ends_[k] - (k > 0 ? ends_[k - 1] : 0); }
  [[nodiscard]] double total() const { return static_cast<double>(ends_.back()); }
  [[nodiscard]] double share(Index k, std::uint64_t whole) const {
    return weight(k) == whole ? 1.0 : static_cast<double>(weight(k)) / static_cast<double>(whole);
  }

  Weights weights_x_;
  Weights weights_y_;
  std::vector<Cell> cells_;
  Weights ends_;  ///< of the cells, from 0 to the total weight
};

}  // namespace vireo::linalg
