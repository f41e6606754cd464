#include <algorithm>
#include <cmath>

#include "linalg/sigmoid.hpp"
#include "linalg/sparse_rows_gram.hpp"
#include "linalg/spectrum.hpp"
#include "problems/rows/linear_model_shard.hpp"
#include "problems/rows/logistic_labels.hpp"
#include "problems/rows/sparse_rows_data.hpp"
#include "problems/worker_values.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// l(t, y) = log(1 + exp(-y t)) for y = +-1, whose derivative by t is -y s(-y t), s(x) = 1 / (1 + exp(-x))
struct LogisticLoss {
  static void differentiate(ConstView y, View t) {
    times_minus(y, t);
    linalg::sigmoid(t);
    times_minus(y, t);
  }

 private:
  static void times_minus(ConstView y, View t) {
    for (Index j = 0; j < t.size(); ++j) t[j] *= -y[j];
  }
};

using LogisticShard = LinearModelShard<LogisticLoss>;

/// f(w) = (1/n) sum_i log(1 + exp(-y_i a_i'w)) + (lambda/2) ||w||^2, F = grad f.
class Logistic final : public Problem {
 public:
  Logistic(SparseData data, double lambda)
      : Problem(data.layout),
        features_(data.features),
        rows_(data.rows),
        row_weight_(data.row_weight()),
        lambda_(lambda),
        first_worker_(data.workers.begin),
        memory_bytes_(data.memory_bytes() + 4 * data.features * sizeof(double)),
        fingerprint_(data.fingerprint) {
    const auto scratch = std::make_shared<linalg::sparse::PairScratch>();
    for (auto& rows : data.rows_of_worker)
      shards_.push_back(std::make_unique<LogisticShard>(std::move(rows), row_weight_, lambda, scratch));
  }

  [[nodiscard]] Index dimension() const override { return features_; }
  [[nodiscard]] Index components() const override { return rows_; }
  [[nodiscard]] const Shard& shard(Index worker) const override { return *shards_[worker - first_worker_]; }
  [[nodiscard]] std::vector<Block> blocks() const override { return {{"w", {0, features_}}}; }
  [[nodiscard]] std::size_t memory_bytes() const override { return memory_bytes_; }
  [[nodiscard]] std::string fingerprint() const override { return fingerprint_; }
  [[nodiscard]] Constants constants(Exchange& exchange) const override;

 private:
  [[nodiscard]] const LogisticShard& rows_of(Index worker) const { return *shards_[worker - first_worker_]; }

  Index features_;
  Index rows_;
  double row_weight_;
  double lambda_;
  Index first_worker_;
  std::size_t memory_bytes_;
  std::string fingerprint_;
  std::vector<std::unique_ptr<LogisticShard>> shards_;
};

// The second derivative of log(1 + exp(-t)) lies in [0, 1/4], so with A the rows, A_m those of worker m:
//   L     <= lambda_max(A'A) / (4n) + lambda,     L_m <= lambda_max((M/n) A_m'A_m) / 4 + (M n_m / n) lambda;
//   F_i(u) - F_i(v) = s_i a_i a_i'(u-v) + lambda (u-v), 0 <= s_i <= 1/4, and the mean of its squares gives
//   L_component^2 <= lambda_max((1/n) sum_i (||a_i||^2 / 16 + lambda/2) a_i a_i') + lambda^2;
//   F is the gradient of an L-smooth convex function, hence (1/L)-cocoercive (Baillon and Haddad, 1977); F_i likewise
//   with
//   ||a_i||^2 / 4 + lambda, hence the F_i are cocoercive on average with the largest of these.
Constants Logistic::constants(Exchange& exchange) const {
  constexpr double slack = 1 + 1e-8;  // eigenvalues come from an iteration
  const auto bounded = [](double value) { return Constant{value, Origin::bounded}; };

  const double largest = linalg::largest_eigenvalue(
      features_,
      [&](ConstView v, View out) {
        exchange.mean([&](Index m, View x) { linalg::sparse::apply_gram(rows_of(m).rows(), row_weight_, v, x); }, out);
      },
      0);
  const double L = slack * largest / 4 + lambda_;

  const auto workers_L = share_worker_values(exchange, [&](Index m) {
    const auto& shard = rows_of(m);
    const double largest_here = linalg::largest_eigenvalue(
        features_, [&](ConstView v, View out) { linalg::sparse::apply_gram(shard.rows(), row_weight_, v, out); },
        1 + m);
    return slack * largest_here / 4 + shard.share() * lambda_;
  });

  const auto largest_rows = share_worker_values(exchange, [&](Index m) {
    const Vector norms = linalg::sparse::squared_row_norms(rows_of(m).rows());
    return norms.empty() ? 0.0 : *std::ranges::max_element(norms);
  });

  std::vector<Vector> weights;
  for (const auto& shard : shards_) {
    weights.push_back(linalg::sparse::squared_row_norms(shard->rows()));
    for (double& weight : weights.back()) weight = weight / 16 + lambda_ / 2;
  }
  const double component = linalg::largest_eigenvalue(
      features_,
      [&](ConstView v, View out) {
        exchange.mean(
            [&](Index m, View x) {
              linalg::sparse::apply_weighted_gram(rows_of(m).rows(), row_weight_, weights[m - first_worker_], v, x);
            },
            out);
      },
      0);

  Constants constants;
  constants.L = bounded(L);
  constants.L_tilde = bounded(root_mean_square(workers_L));
  constants.L_component = bounded(std::sqrt(slack * component + lambda_ * lambda_));
  constants.mu = bounded(lambda_);
  constants.cocoercivity = bounded(L);
  constants.cocoercivity_component = bounded(*std::ranges::max_element(largest_rows) / 4 + lambda_);
  return constants;
}

}  // namespace

ProblemPlugIn logistic() {
  ProblemPlugIn plug;
  plug.name = "logistic";
  plug.also_called = {"logistic-regression", "logreg"};
  plug.summary = "l2-regularised logistic regression on a LIBSVM file: a cocoercive gradient";
  plug.formula =
      "F_i(w) = grad [ log(1 + exp(-y_i a_i'w)) + lambda/2 |w|^2 ];  of the file's two labels, the larger is y = +1, "
      "the smaller -1";
  plug.reference = "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2009, section 4.4";
  plug.parameters = {Parameter::real("lambda", "1e-2", "weight of |w|^2 / 2", 0, 1e12)};
  for (auto& parameter : sparse_data_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.needs_data = true;
  plug.default_workers = 16;
  plug.make = [](const Parameters& parameters, const ProblemContext& context) -> ProblemPointer {
    SparseData data = load_sparse_data(parameters, context);
    map_two_labels(context.communicator(), data);
    return std::make_unique<Logistic>(std::move(data), parameters.real("lambda"));
  };
  return plug;
}

}  // namespace vireo::problems
