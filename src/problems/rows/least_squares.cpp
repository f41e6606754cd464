#include <algorithm>
#include <cmath>

#include "linalg/reflections.hpp"
#include "linalg/spectrum.hpp"
#include "problems/rows/least_squares_shard.hpp"
#include "problems/rows/sparse_rows_data.hpp"
#include "problems/worker_values.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// f(x) = (1/n) sum_i (a_i'x - b_i)^2 / 2 + (lambda/2) ||x||^2, F = grad f.
class LeastSquares final : public Problem {
 public:
  LeastSquares(SparseData data, double lambda, std::optional<Vector> solution)
      : Problem(data.layout),
        features_(data.features),
        rows_(data.rows),
        lambda_(lambda),
        solution_(std::move(solution)),
        first_worker_(data.workers.begin),
        memory_bytes_(data.memory_bytes() + 4 * data.features * sizeof(double)),
        fingerprint_(data.fingerprint) {
    const auto scratch = std::make_shared<linalg::sparse::PairScratch>();
    for (auto& rows : data.rows_of_worker)
      shards_.push_back(std::make_unique<LeastSquaresShard>(std::move(rows), data.row_weight(), lambda, scratch));
  }

  [[nodiscard]] Index dimension() const override { return features_; }
  [[nodiscard]] Index components() const override { return rows_; }
  [[nodiscard]] const Shard& shard(Index worker) const override { return *shards_.at(worker - first_worker_); }
  [[nodiscard]] std::vector<Block> blocks() const override { return {{"x", {0, features_}}}; }
  [[nodiscard]] bool affine() const override { return true; }
  [[nodiscard]] std::optional<Vector> solution() const override { return solution_; }
  [[nodiscard]] std::size_t memory_bytes() const override { return memory_bytes_; }
  [[nodiscard]] std::string fingerprint() const override { return fingerprint_; }

  /// The Jacobian is symmetric: L and mu are the ends of its spectrum, and F is cocoercive with constant L. Likewise
  /// ||F_i(u) - F_i(v)||^2 <= (||a_i||^2 + lambda) <F_i(u) - F_i(v), u - v>. L_tilde and L_component are left to the
  /// shards.
  [[nodiscard]] Constants constants(Exchange& exchange) const override {
    const auto apply = [&](ConstView v, View out) {
      exchange.mean([&](Index m, View x) { shards_.at(m - first_worker_)->apply(v, x); }, out);
    };
    const linalg::SpectralRange range = linalg::spectral_range(features_, apply, 0);
    const auto largest =
        share_worker_values(exchange, [&](Index m) { return shards_.at(m - first_worker_)->largest_squared_norm(); });
    Constants constants;
    constants.L = constants.cocoercivity = {range.largest, Origin::computed};
    constants.mu = {std::max(lambda_, range.smallest), Origin::computed};
    constants.cocoercivity_component = {*std::ranges::max_element(largest) + lambda_, Origin::bounded};
    return constants;
  }

 private:
  Index features_;
  Index rows_;
  double lambda_;
  std::optional<Vector> solution_;
  Index first_worker_;
  std::size_t memory_bytes_;
  std::string fingerprint_;
  std::vector<std::unique_ptr<LeastSquaresShard>> shards_;
};

enum Draw : std::uint64_t { row_draw = 1, solution_draw = 2, label_draw = 3, reflection = 10 };

/// Rows N_i D / |N_i D| turned by three random reflections, N_i standard normal, D = diag(j^-decay); labels b_i = a_i'x
/// + noise times a normal number, x standard normal.
class RandomRows {
 public:
  explicit RandomRows(const Parameters& parameters)
      : seed_(parameters.integer("seed")),
        noise_(parameters.real("noise")),
        scale_(parameters.has("features") ? parameters.integer("features") : 60),
        solution_(scale_.size()) {
    for (Index j = 0; j < scale_.size(); ++j)
      scale_[j] = std::pow(static_cast<double>(j + 1), -parameters.real("decay"));
    for (std::uint64_t r = 0; r < 3; ++r)
      directions_.push_back(linalg::random_direction(key(random::nobody, reflection + r), scale_.size()));
    random::normals(key(random::nobody, solution_draw), 0, solution_);
  }

  [[nodiscard]] Index features() const { return scale_.size(); }
  [[nodiscard]] const Vector& solution() const { return solution_; }

  [[nodiscard]] linalg::SparseRows make(Range numbers) const {
    linalg::SparseRows out;
    Vector row(features());
    for (Index i = numbers.begin; i < numbers.end; ++i) {
      random::normals(key(i, row_draw), 0, row);
      for (Index j = 0; j < features(); ++j) row[j] *= scale_[j];
      kernels::scale(1 / kernels::norm(row), row);
      for (const auto& w : directions_) linalg::reflect(row, w);
      double normal = 0;
      random::normals(key(i, label_draw), 0, View(&normal, 1));
      out.labels.push_back(kernels::dot(row, solution_) + noise_ * normal);
      out.values.insert(out.values.end(), row.begin(), row.end());
      for (Index j = 0; j < features(); ++j) out.columns.push_back(static_cast<std::uint32_t>(j));
      out.start.push_back(out.values.size());
    }
    return out;
  }

 private:
  [[nodiscard]] random::Key key(std::uint64_t i, std::uint64_t draw) const {
    return {seed_, random::Purpose::problem, i, draw};
  }

  std::uint64_t seed_;
  double noise_;
  Vector scale_;
  Vector solution_;
  std::vector<Vector> directions_;
};

ProblemPointer make_generated(const Parameters& parameters, const ProblemContext& context) {
  const RandomRows random_rows(parameters);
  const Index rows = parameters.integer("rows");
  const WorkerLayout layout = context.place(rows, "rows");
  SparseData data{.path = {},
                  .layout = layout,
                  .rows = rows,
                  .features = random_rows.features(),
                  .fingerprint = "generated",
                  .workers = layout.workers_of(static_cast<Index>(context.communicator().rank())),
                  .rows_of_worker = {}};
  for (Index m = data.workers.begin; m < data.workers.end; ++m)
    data.rows_of_worker.push_back(random_rows.make(part_of(rows, layout.workers(), m)));
  const double lambda = parameters.real("lambda");
  std::optional<Vector> solution;
  if (lambda == 0 && parameters.real("noise") == 0 && rows >= random_rows.features()) solution = random_rows.solution();
  return std::make_unique<LeastSquares>(std::move(data), lambda, std::move(solution));
}

ProblemPointer make_least_squares(const Parameters& parameters, const ProblemContext& context) {
  if (parameters.has("rows") == context.has_data())
    throw UsageError(context.has_data() ? "least-squares: rows= generates rows, --data reads them: give one of the two"
                                        : "least-squares: give --data FILE, or rows=N for N generated rows");
  if (parameters.has("rows")) return make_generated(parameters, context);
  return std::make_unique<LeastSquares>(load_sparse_data(parameters, context), parameters.real("lambda"), std::nullopt);
}

}  // namespace

ProblemPlugIn least_squares() {
  ProblemPlugIn plug;
  plug.name = "least-squares";
  plug.also_called = {"linear-regression", "ols", "lsq"};
  plug.summary = "least squares on a LIBSVM file or on generated rows of length 1: a cocoercive gradient";
  plug.formula =
      "F_i(x) = a_i (a_i'x - b_i) + lambda x;  generated: a_i = normals, coordinate j times j^-decay, turned, length 1";
  plug.reference =
      "generated rows after Cai, Alacaoglu, Diakonikolas, Variance reduced Halpern iteration for finite-sum monotone "
      "inclusions, ICLR 2024: cocoercive on average with constant 1";
  plug.parameters = {
      Parameter::real("lambda", "0", "weight of |x|^2 / 2", 0, 1e12),
      Parameter::integer("rows", "auto",
                         "auto: those of --data; a number: so many generated ones (with features = 60 by default)", 1)
          .or_auto(),
      Parameter::real("decay", "1.5", "generated: of the coordinates' standard deviations j^-decay", 0, 100),
      Parameter::real("noise", "0.1", "generated: standard deviation of the labels' noise; 0: the solution is known", 0,
                      1e12),
  };
  for (auto& parameter : sparse_data_parameters()) {
    if (parameter.name == "seed") parameter.meaning = "of the shuffle, or of generated rows";
    plug.parameters.push_back(std::move(parameter));
  }
  plug.takes_data = true;
  plug.default_workers = 16;
  plug.make = make_least_squares;
  return plug;
}

}  // namespace vireo::problems
