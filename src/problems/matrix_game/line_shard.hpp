#pragma once

#include <memory>
#include <vector>

#include "linalg/line_pairs.hpp"
#include "linalg/lines.hpp"
#include "vireo/core/layout.hpp"
#include "vireo/problems/shard.hpp"

namespace vireo::problems {

/// The columns of a matrix J that belong to one of the two sides of z = (x, y), on one rank.
struct LineSide {
  linalg::LinesPointer lines;  ///< where they are not zero: coordinates output .. output + length - 1
  Index first_line = 0;        ///< coordinate of the side (a or b) that line 0 belongs to
  Index coordinates = 0;       ///< of z, where the side begins
  Index output = 0;
  double sign = 1;  ///< a column is sign times its line
};

/// A worker's part of the affine operator F(z) = J z + c, sampled by columns of J: component k is a pair of columns,
/// one of each side (see LinePairs), and the estimate of F(z) that it gives is
///
///     E_k(z) = F_k(z) / (n p_k) = J_a z_a / P_a + J_b z_b / Q_b + c.
///
/// Hence F_m(z) = M sum_{k in shard} p_k E_k(z) = M sum_{k in shard} (p_k/P_a) J_a z_a + (p_k/Q_b) J_b z_b + p_k c.
class LineShard final : public AffineShard {
 public:
  /// c: null for zero
  LineShard(const linalg::LinePairs& pairs, Range components, Index workers, LineSide x, LineSide y,
            std::shared_ptr<const Vector> c);

  [[nodiscard]] Index components() const override { return cells_.size(); }
  [[nodiscard]] double drawn_share() const override { return ends_.empty() ? 0.0 : share_; }
  [[nodiscard]] Index draw(random::Stream& stream) const override;
  void mean(ConstView z, View out) const override;
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override;
  void mean_pair(ConstView u, ConstView v, View out_u, View out_v) const override;
  void batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const override;
  void apply(ConstView v, View out) const override;
  void apply_transpose(ConstView v, View out) const override;
  void apply_mean_gram(ConstView v, View out) const override;

  /// without the lines, which shards share
  [[nodiscard]] std::size_t bytes() const;

 private:
  /// The lines of one side that components of this shard use.
  struct Part {
    LineSide side;
    Index first = 0;       ///< their coordinates on the side: first, first + 1, ...
    Vector share;          ///< M sum_{k in shard, of this coordinate} p_k/P_a
    Vector inverse;        ///< 1/P_a
    Vector squared_norms;  ///< of the lines

    [[nodiscard]] std::uint32_t line(Index local) const {
      return static_cast<std::uint32_t>(first + local - side.first_line);
    }
    [[nodiscard]] Index place(Index local) const { return side.coordinates + first + local; }  ///< in z
    [[nodiscard]] View output(View out) const { return out.subspan(side.output, side.lines->length()); }
  };
  [[nodiscard]] Part make_part(const linalg::LinePairs& pairs, Range components, Index workers, LineSide side,
                               bool is_x) const;
  void find_crosses();

  void add_all(const Part& part, ConstView z, View out) const;
  void add_all_pair(const Part& part, ConstView u, ConstView v, View out_u, View out_v) const;
  template <class Local>
  void add_batch(const Part& part, std::span<const Index> batch, Local local, ConstView z, View out) const;
  template <class Local>
  void add_batch_pair(const Part& part, std::span<const Index> batch, Local local, ConstView u, ConstView v, View out_u,
                      View out_v) const;

  std::vector<linalg::LinePairs::Cell> cells_;  ///< of the components, as local numbers of the parts
  Vector probabilities_;                        ///< M p_k
  Vector ends_;                                 ///< their sums up to each component; empty if the law is uniform
  Part x_;
  Part y_;
  Vector crosses_;  ///< <J_a, J_b> of each component; empty if all are 0
  std::shared_ptr<const Vector> c_;
  double share_ = 0;                                ///< M sum_{k in shard} p_k: the weight of c in F_m
  mutable std::vector<linalg::Lines::Term> terms_;  ///< scratch: a shard is used by one thread
  mutable std::vector<linalg::Lines::PairTerm> pair_terms_;
};

}  // namespace vireo::problems
