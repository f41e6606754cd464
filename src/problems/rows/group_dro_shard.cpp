#include "problems/rows/group_dro_shard.hpp"

#include <array>
#include <cmath>

#include "linalg/sigmoid.hpp"

namespace vireo::problems {
namespace {

/// log(1 + exp(t)), given s = 1 / (1 + exp(-t)): one logarithm, without cancellation
double softplus(double t, double s) { return s < 0.5 ? -std::log1p(-s) : t - std::log(s); }

/// c_i = -y_i (n/n_g) p_g s(-y_i a_i'w), and on the way sums_g += (n/n_g) l_i(w)
template <class Chosen, Index lanes>
class Coefficients {
 public:
  Coefficients(const linalg::SparseRows& rows, const std::vector<std::uint32_t>& groups, const GroupDroTerms& terms,
               const Chosen& chosen, std::array<const double*, lanes> p, std::array<double*, lanes> sums)
      : labels_(rows.labels.data()),
        groups_(groups.data()),
        factors_(terms.factors.data()),
        chosen_(chosen),
        p_(p),
        sums_(sums) {}

  void operator()(linalg::sparse::Lanes<lanes>, Index first, Index count, double* x) const {
    alignas(64) double s[lanes * linalg::sparse::block_rows];
    for (Index j = 0; j < count; ++j)
      for (Index lane = 0; lane < lanes; ++lane)
        s[lanes * j + lane] = x[lanes * j + lane] *= -labels_[chosen_[first + j]];
    linalg::sigmoid({s, lanes * count});
    for (Index j = 0; j < count; ++j) {
      const Index row = chosen_[first + j];
      const auto g = groups_[row];
      for (Index lane = 0; lane < lanes; ++lane) {
        double& number = x[lanes * j + lane];
        const double sigma = s[lanes * j + lane];
        sums_[lane][g] += factors_[g] * softplus(number, sigma);
        number = -labels_[row] * (factors_[g] * p_[lane][g]) * sigma;
      }
    }
  }

 private:
  const double* labels_;
  const std::uint32_t* groups_;
  const double* factors_;
  const Chosen& chosen_;
  std::array<const double*, lanes> p_;
  std::array<double*, lanes> sums_;
};

}  // namespace

GroupDroShard::GroupDroShard(linalg::SparseRows rows, std::vector<std::uint32_t> groups, double row_weight,
                             std::shared_ptr<const GroupDroTerms> terms,
                             std::shared_ptr<linalg::sparse::PairScratch> scratch)
    : RowShard(std::move(rows), row_weight, std::move(scratch)), groups_(std::move(groups)), terms_(std::move(terms)) {}

GroupDroShard::~GroupDroShard() = default;

// out holds the sums over rows
void GroupDroShard::finish(double weight, double share, ConstView z, View out) const {
  const Index d = terms_->features;
  const double ridge = share * terms_->lambda;
  const double penalty = share * terms_->nu;
  const double uniform = 1 / static_cast<double>(terms_->groups());
  for (Index j = 0; j < d; ++j) out[j] = weight * out[j] + ridge * z[j];
  for (Index g = d; g < out.size(); ++g) out[g] = penalty * (z[g] - uniform) - weight * out[g];
}

template <class Chosen>
void GroupDroShard::evaluate(const Chosen& chosen, double weight, double share, ConstView z, View out) const {
  const Index d = terms_->features;
  const View losses = out.subspan(d);
  std::fill(losses.begin(), losses.end(), 0.0);
  const Coefficients<Chosen, 1> coefficients(rows(), groups_, *terms_, chosen, {z.data() + d}, {losses.data()});
  linalg::sparse::sum_rows(rows(), chosen, z.first(d), out.first(d), coefficients);
  finish(weight, share, z, out);
}

template <class Chosen>
void GroupDroShard::evaluate_pair(const Chosen& chosen, double weight, double share, ConstView u, ConstView v,
                                  View out_u, View out_v) const {
  const Index d = terms_->features;
  for (const View out : {out_u, out_v}) std::fill(out.begin() + static_cast<std::ptrdiff_t>(d), out.end(), 0.0);
  const Coefficients<Chosen, 2> coefficients(rows(), groups_, *terms_, chosen, {u.data() + d, v.data() + d},
                                             {out_u.data() + d, out_v.data() + d});
  linalg::sparse::sum_rows_pair(rows(), chosen, u.first(d), v.first(d), out_u.first(d), out_v.first(d), scratch(),
                                coefficients);
  finish(weight, share, u, out_u);
  finish(weight, share, v, out_v);
}

}  // namespace vireo::problems
