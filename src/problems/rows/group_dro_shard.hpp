#pragma once

#include <cstdint>
#include <vector>

#include "problems/rows/row_shard.hpp"

namespace vireo::problems {

/// What all shards of a group-dro problem share.
struct GroupDroTerms {
  Index features = 0;
  double lambda = 0;
  double nu = 0;
  Vector factors;  ///< n / n_g
  [[nodiscard]] Index groups() const { return factors.size(); }
};

/// Rows a_i with labels y_i = +-1 in groups g(i); z = (w, p), l_i(w) = log(1 + exp(-y_i a_i'w)):
///
///     F_i(w, p) = ( (n/n_g) p_g grad l_i(w) + lambda w,  -(n/n_g) l_i(w) e_g + nu (p - 1/G) ),   g = g(i),
///
/// whose mean over all rows has sum_g p_g grad L_g(w) and -L_g(w), L_g the mean of l_i over group g.
class GroupDroShard final : public RowShard<GroupDroShard> {
 public:
  /// row_weight: M/n; labels are +1 and -1
  GroupDroShard(linalg::SparseRows rows, std::vector<std::uint32_t> groups, double row_weight,
                std::shared_ptr<const GroupDroTerms> terms, std::shared_ptr<linalg::sparse::PairScratch> scratch);
  ~GroupDroShard() override;

  [[nodiscard]] const std::vector<std::uint32_t>& groups() const { return groups_; }

 private:
  friend RowShard;
  template <class Chosen>
  void evaluate(const Chosen& chosen, double weight, double share, ConstView z, View out) const;
  template <class Chosen>
  void evaluate_pair(const Chosen& chosen, double weight, double share, ConstView u, ConstView v, View out_u,
                     View out_v) const;
  void finish(double weight, double share, ConstView z, View out) const;

  std::vector<std::uint32_t> groups_;
  std::shared_ptr<const GroupDroTerms> terms_;
};

}  // namespace vireo::problems
