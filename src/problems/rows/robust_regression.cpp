#include <algorithm>
#include <cmath>

#include "linalg/sparse_rows_gram.hpp"
#include "linalg/spectrum.hpp"
#include "problems/rows/robust_regression_shard.hpp"
#include "problems/rows/sparse_rows_data.hpp"
#include "problems/worker_values.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::problems {
namespace {

struct Weights {
  double radius_w = 1;
  double radius_r = 0.1;
  double beta = 2;
  double lambda = 0.1;
};

// Norms of a sum over rows, from which a Lipschitz constant of its operator on the set is made.
struct DataNorms {
  double gram = 0;   // lambda_max of the weighted sum of a_i a_i'
  double row = 0;    // norm of the weighted sum of a_i
  double label = 0;  // modulus of the weighted sum of b_i
  double share = 1;  // sum of the weights
};

// The Jacobian of F = (grad_w f, -grad_r f) has blocks [P, C; -C', Q]. For |w| <= R_w, |r| <= R_r and weights that sum
// to s:
//   P = sum (a_i+r)(a_i+r)' + s lambda I        ||P|| <= p = (sqrt(gram) + sqrt(s) R_r)^2 + s lambda
//   C = sum (a_i+r) w' + e_i I                  ||C|| <= c = 2 R_w (row + s R_r) + label,   as |sum e_i| <= R_w (row +
//   s R_r) + label Q = s (beta I - w w')                       ||Q|| <= q = s max(beta, R_w^2 - beta)
// and its norm is at most that of the matrix of the norms, [p, c; c, q]. The set is convex, so this bounds F's
// Lipschitz constant on it.
double lipschitz_bound(const DataNorms& data, const Weights& weights) {
  const double s = data.share;
  const double root = std::sqrt(data.gram) + std::sqrt(s) * weights.radius_r;
  const double p = root * root + s * weights.lambda;
  const double c = 2 * weights.radius_w * (data.row + s * weights.radius_r) + data.label;
  const double q = s * std::max(weights.beta, weights.radius_w * weights.radius_w - weights.beta);
  return (p + q) / 2 + std::hypot((p - q) / 2, c);
}

/// f(w, r) = (1/n) sum_i (w'(a_i + r) - b_i)^2 / 2 + (lambda/2) |w|^2 - (beta/2) |r|^2 on |w| <= R_w, |r| <= R_r; min
/// over w, max over r.
class RobustRegression final : public Problem {
 public:
  RobustRegression(SparseData data, const Weights& weights)
      : Problem(data.layout),
        features_(data.features),
        rows_(data.rows),
        row_weight_(data.row_weight()),
        weights_(weights),
        first_worker_(data.workers.begin),
        memory_bytes_(data.memory_bytes() + 4 * data.features * sizeof(double)),
        fingerprint_(data.fingerprint) {
    const auto scratch = std::make_shared<linalg::sparse::PairScratch>();
    for (auto& rows : data.rows_of_worker)
      shards_.push_back(
          std::make_unique<RobustRegressionShard>(std::move(rows), row_weight_, weights.lambda, weights.beta, scratch));
  }

  [[nodiscard]] Index dimension() const override { return 2 * features_; }
  [[nodiscard]] Index components() const override { return rows_; }
  [[nodiscard]] const Shard& shard(Index worker) const override { return rows_of(worker); }
  [[nodiscard]] std::vector<Block> blocks() const override {
    return {{"w", {0, features_}}, {"r", {features_, 2 * features_}}};
  }
  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override {
    return {make_ball(weights_.radius_w), make_ball(weights_.radius_r)};
  }
  [[nodiscard]] std::size_t memory_bytes() const override { return memory_bytes_; }
  [[nodiscard]] std::string fingerprint() const override { return fingerprint_; }
  [[nodiscard]] std::vector<std::string> remarks() const override;
  [[nodiscard]] Constants constants(Exchange& exchange) const override;

 private:
  [[nodiscard]] const RobustRegressionShard& rows_of(Index worker) const { return *shards_[worker - first_worker_]; }
  /// beta - R_w^2: f is concave in r for all |w| <= R_w iff this is >= 0, and always convex in w
  [[nodiscard]] double concavity() const { return weights_.beta - weights_.radius_w * weights_.radius_w; }
  [[nodiscard]] DataNorms worker_norms(Index worker) const;
  [[nodiscard]] DataNorms mean_norms(Exchange& exchange) const;
  [[nodiscard]] double mean_square_of_components(Exchange& exchange) const;

  Index features_;
  Index rows_;
  double row_weight_;
  Weights weights_;
  Index first_worker_;
  std::size_t memory_bytes_;
  std::string fingerprint_;
  std::vector<std::unique_ptr<RobustRegressionShard>> shards_;
};

constexpr double slack = 1 + 1e-8;  // eigenvalues come from an iteration

double label_sum(const linalg::SparseRows& rows) {
  double sum = 0;
  for (const double label : rows.labels) sum += label;
  return sum;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

std::vector<std::string> RobustRegression::remarks() const {
  const bool monotone = concavity() >= 0;
  return {std::string(monotone ? "monotone" : "not monotone") + " on the set: beta = " + format_real(weights_.beta) +
          (monotone ? " >= " : " < ") + "radius_w^2 = " + format_real(weights_.radius_w * weights_.radius_w) +
          (monotone ? "" : "; no theory of the methods applies")};
}

DataNorms RobustRegression::worker_norms(Index worker) const {
  const auto& shard = rows_of(worker);
  Vector sum(features_);
  linalg::sparse::scaled_row_sum(shard.rows(), row_weight_, sum);
  const auto gram = [&](ConstView v, View out) { linalg::sparse::apply_gram(shard.rows(), row_weight_, v, out); };
  return {.gram = slack * linalg::largest_eigenvalue(features_, gram, 1 + worker),
          .row = kernels::norm(sum),
          .label = std::abs(row_weight_ * label_sum(shard.rows())),
          .share = shard.share()};
}

DataNorms RobustRegression::mean_norms(Exchange& exchange) const {
  // the exchange is for z = (w, r): what has the length of w goes first
  Vector mean(dimension());
  const auto exchange_first_half = [&](const Exchange::Produce& produce) {
    exchange.mean(
        [&](Index m, View x) {
          produce(m, x.first(features_));
          std::fill(x.begin() + static_cast<std::ptrdiff_t>(features_), x.end(), 0.0);
        },
        mean);
    return ConstView(mean).first(features_);
  };
  const auto gram = [&](ConstView v, View out) {
    const ConstView product =
        exchange_first_half([&](Index m, View x) { linalg::sparse::apply_gram(rows_of(m).rows(), row_weight_, v, x); });
    std::copy(product.begin(), product.end(), out.begin());
  };
  DataNorms norms;
  norms.gram = slack * linalg::largest_eigenvalue(features_, gram, 0);
  norms.row = kernels::norm(
      exchange_first_half([&](Index m, View x) { linalg::sparse::scaled_row_sum(rows_of(m).rows(), row_weight_, x); }));
  norms.label = std::abs(
      mean_of(share_worker_values(exchange, [&](Index m) { return row_weight_ * label_sum(rows_of(m).rows()); })));
  return norms;
}

// (1/n) sum_i L_i^2, where row i alone has gram = |a_i|^2, row = |a_i|, label = |b_i|
double RobustRegression::mean_square_of_components(Exchange& exchange) const {
  return mean_of(share_worker_values(exchange, [&](Index m) {
    const linalg::SparseRows& rows = rows_of(m).rows();
    const Vector squared_norms = linalg::sparse::squared_row_norms(rows);
    double sum = 0;
    for (Index i = 0; i < rows.rows(); ++i) {
      const DataNorms row{squared_norms[i], std::sqrt(squared_norms[i]), std::abs(rows.labels[i]), 1};
      const double bound = lipschitz_bound(row, weights_);
      sum += bound * bound;
    }
    return row_weight_ * sum;
  }));
}

Constants RobustRegression::constants(Exchange& exchange) const {
  const auto bounded = [](double value) { return Constant{value, Origin::bounded}; };
  Constants constants;
  constants.in_domain_only = true;
  const double L_tilde = root_mean_square(
      share_worker_values(exchange, [&](Index m) { return lipschitz_bound(worker_norms(m), weights_); }));
  constants.L_tilde = bounded(L_tilde);
  // L is at most the mean of the L_m, which the bound from the norms of the means does not know
  constants.L = bounded(std::min(L_tilde, lipschitz_bound(mean_norms(exchange), weights_)));
  constants.L_component = bounded(std::sqrt(mean_square_of_components(exchange)));
  if (concavity() >= 0) constants.mu = bounded(std::min(weights_.lambda, concavity()));
  return constants;
}

}  // namespace

ProblemPlugIn robust_regression() {
  ProblemPlugIn plug;
  plug.name = "robust-regression";
  plug.summary =
      "least squares on a LIBSVM file against an adversary that shifts all rows by r: a saddle point on two balls";
  plug.formula =
      "min over |w| <= radius_w, max over |r| <= radius_r of (1/n) sum_i (w'(a_i + r) - b_i)^2 / 2 + lambda/2 |w|^2 - "
      "beta/2 |r|^2;  monotone on the set iff beta >= radius_w^2";
  plug.reference =
      "Beznosikov, Takac, Gasnikov, Similarity, compression and local steps: three pillars of efficient communications "
      "for distributed variational inequalities, NeurIPS 2023";
  plug.parameters = {
      Parameter::positive("radius_w", "1", "radius of the ball for w"),
      Parameter::positive("radius_r", "0.1", "radius of the ball for r"),
      Parameter::real("beta", "2", "weight of -|r|^2 / 2", 0, 1e12),
      Parameter::real("lambda", "0.1", "weight of |w|^2 / 2", 0, 1e12),
  };
  for (auto& parameter : sparse_data_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.needs_data = true;
  plug.default_workers = 16;
  plug.make = [](const Parameters& parameters, const ProblemContext& context) -> ProblemPointer {
    const Weights weights{.radius_w = parameters.real("radius_w"),
                          .radius_r = parameters.real("radius_r"),
                          .beta = parameters.real("beta"),
                          .lambda = parameters.real("lambda")};
    return std::make_unique<RobustRegression>(load_sparse_data(parameters, context), weights);
  };
  return plug;
}

}  // namespace vireo::problems
