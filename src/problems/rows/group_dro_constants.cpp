#include "problems/rows/group_dro_constants.hpp"
#include "problems/worker_values.hpp"

#include <algorithm>
#include <cmath>

#include "linalg/sparse_rows_gram.hpp"
#include "linalg/spectrum.hpp"

namespace vireo::problems {
namespace {

constexpr double slack = 1 + 1e-6;  // eigenvalues come from an iteration, to 1e-7
constexpr double eigenvalue_tolerance = 1e-7;

using ShardOf = std::function<const GroupDroShard&(Index worker)>;

/// Norm of [p, c; c, q]
double norm_of_blocks(double p, double c, double q) { return (p + q) / 2 + std::hypot((p - q) / 2, c); }

/// Rows of one group with weight s each: what p and c_g are made of.
struct GroupNorms {
  double gram = 0;   ///< lambda_max(s A_g'A_g)
  double rows = 0;   ///< s sum_i ||a_i||
  double share = 0;  ///< s n_g
  [[nodiscard]] double gradient() const { return std::min(rows, std::sqrt(gram * share)); }
};

double bound(const std::vector<GroupNorms>& groups, double share, const GroupDroTerms& terms) {
  double p = 0;
  double squares = 0;
  for (const auto& group : groups) {
    p = std::max(p, group.gram / 4);
    squares += group.gradient() * group.gradient();
  }
  return norm_of_blocks(p + share * terms.lambda, std::sqrt(squares), share * terms.nu);
}

class Bounds {
 public:
  Bounds(Exchange& exchange, const GroupDroTerms& terms, Index rows, const ShardOf& shard_of)
      : exchange_(exchange), terms_(terms), rows_(rows), shard_of_(shard_of) {
    const Range mine = exchange.workers();
    for (Index m = mine.begin; m < mine.end; ++m)
      squared_norms_.push_back(linalg::sparse::squared_row_norms(shard_of(m).rows()));
  }

  [[nodiscard]] double worker(Index m) const {
    const auto& shard = shard_of_(m);
    std::vector<GroupNorms> groups(terms_.groups());
    for (Index i = 0; i < shard.rows().rows(); ++i) {
      auto& group = groups[shard.groups()[i]];
      const double s = weight(shard.groups()[i]);
      group.rows += s * std::sqrt(norms(m)[i]);
      group.share += s;
    }
    for (Index g = 0; g < groups.size(); ++g)
      if (groups[g].share > 0)
        groups[g].gram = slack * linalg::largest_eigenvalue(
                                     terms_.features, [&](ConstView v, View out) { apply_gram(m, g, v, out); }, 1 + m,
                                     eigenvalue_tolerance);
    return bound(groups, shard.share(), terms_);
  }

  [[nodiscard]] double all_workers() {
    std::vector<GroupNorms> groups(terms_.groups());
    for (Index g = 0; g < groups.size(); ++g) {
      groups[g].share = 1;
      groups[g].rows = mean_of(share_worker_values(exchange_, [&](Index m) {
        double sum = 0;
        for (Index i = 0; i < norms(m).size(); ++i)
          if (shard_of_(m).groups()[i] == g) sum += std::sqrt(norms(m)[i]);
        return weight(g) * sum;
      }));
      groups[g].gram = slack * linalg::largest_eigenvalue(
                                   terms_.features,
                                   [&](ConstView v, View out) {
                                     // the exchange is for z = (w, p): what has the length of w goes first
                                     Vector mean(exchange_.dimension());
                                     exchange_.mean(
                                         [&](Index m, View x) {
                                           std::ranges::fill(x, 0.0);
                                           apply_gram(m, g, v, x.first(terms_.features));
                                         },
                                         mean);
                                     std::copy_n(mean.begin(), terms_.features, out.begin());
                                   },
                                   0, eigenvalue_tolerance);
    }
    return bound(groups, 1, terms_);
  }

  /// sqrt((1/n) sum_i L_i^2)
  [[nodiscard]] double component() const {
    const double weight_of_row = static_cast<double>(exchange_.layout().workers()) / static_cast<double>(rows_);
    return std::sqrt(mean_of(share_worker_values(exchange_, [&](Index m) {
      double sum = 0;
      for (Index i = 0; i < norms(m).size(); ++i) {
        const double factor = terms_.factors[shard_of_(m).groups()[i]];
        const double L =
            norm_of_blocks(factor * norms(m)[i] / 4 + terms_.lambda, factor * std::sqrt(norms(m)[i]), terms_.nu);
        sum += L * L;
      }
      return weight_of_row * sum;
    })));
  }

 private:
  /// M / n_g: of a row in F_m
  [[nodiscard]] double weight(Index g) const {
    return static_cast<double>(exchange_.layout().workers()) * terms_.factors[g] / static_cast<double>(rows_);
  }
  [[nodiscard]] const Vector& norms(Index m) const { return squared_norms_[m - exchange_.workers().begin]; }

  /// out = (M/n_g) A_mg'A_mg v
  void apply_gram(Index m, Index g, ConstView v, View out) const {
    const auto& shard = shard_of_(m);
    Vector chosen(shard.rows().rows());
    for (Index i = 0; i < chosen.size(); ++i) chosen[i] = shard.groups()[i] == g ? weight(g) : 0.0;
    linalg::sparse::apply_weighted_gram(shard.rows(), 1.0, chosen, v, out);
  }

  static double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }

  Exchange& exchange_;
  const GroupDroTerms& terms_;
  Index rows_;
  const ShardOf& shard_of_;
  std::vector<Vector> squared_norms_;
};

}  // namespace

Constants group_dro_constants(Exchange& exchange, const GroupDroTerms& terms, Index rows, const ShardOf& shard_of) {
  const auto bounded = [](double value) { return Constant{value, Origin::bounded}; };
  Bounds bounds(exchange, terms, rows, shard_of);
  Constants constants;
  constants.in_domain_only = true;
  const double L_tilde = root_mean_square(share_worker_values(exchange, [&](Index m) { return bounds.worker(m); }));
  // F is the mean of the F_m, which the bound from the norms of the means does not know
  const double L = std::min(L_tilde, bounds.all_workers());
  const double L_component = bounds.component();
  const double mu = std::min(terms.lambda, terms.nu);
  constants.L = bounded(L);
  constants.L_tilde = bounded(L_tilde);
  constants.L_component = bounded(L_component);
  constants.mu = bounded(mu);
  if (mu > 0) {
    constants.cocoercivity = bounded(L * L / mu);
    constants.cocoercivity_component = bounded(L_component * L_component / mu);
  }
  return constants;
}

}  // namespace vireo::problems
