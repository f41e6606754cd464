#include <algorithm>

#include "problems/rows/group_dro_constants.hpp"
#include "problems/rows/group_dro_shard.hpp"
#include "problems/rows/groups.hpp"
#include "problems/rows/logistic_labels.hpp"
#include "problems/rows/sparse_rows_data.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::problems {
namespace {

/// f(w, p) = sum_g p_g L_g(w) + (lambda/2) ||w||^2 - (nu/2) ||p - 1/G||^2, L_g the mean logistic loss of group g; min
/// over w, max over p in the simplex.
class GroupDro final : public Problem {
 public:
  GroupDro(SparseData data, Groups groups, double lambda, double nu)
      : Problem(data.layout),
        rows_(data.rows),
        first_worker_(data.workers.begin),
        memory_bytes_(data.memory_bytes() + 4 * data.features * sizeof(double)),
        fingerprint_(data.fingerprint),
        groups_(groups.description) {
    auto terms = std::make_shared<GroupDroTerms>();
    terms->features = data.features;
    terms->lambda = lambda;
    terms->nu = nu;
    for (const auto size : groups.sizes)
      terms->factors.push_back(static_cast<double>(data.rows) / static_cast<double>(size));
    terms_ = terms;
    const auto scratch = std::make_shared<linalg::sparse::PairScratch>();
    for (Index m = 0; m < data.rows_of_worker.size(); ++m)
      shards_.push_back(std::make_unique<GroupDroShard>(
          std::move(data.rows_of_worker[m]), std::move(groups.of_worker[m]), data.row_weight(), terms_, scratch));
  }

  [[nodiscard]] Index dimension() const override { return terms_->features + terms_->groups(); }
  [[nodiscard]] Index components() const override { return rows_; }
  [[nodiscard]] const Shard& shard(Index worker) const override { return *shards_.at(worker - first_worker_); }
  [[nodiscard]] std::vector<Block> blocks() const override {
    return {{"w", {0, terms_->features}}, {"p", {terms_->features, dimension()}}};
  }
  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override { return {nullptr, make_simplex()}; }
  [[nodiscard]] Constants constants(Exchange& exchange) const override {
    return group_dro_constants(exchange, *terms_, rows_,
                               [&](Index m) -> const GroupDroShard& { return *shards_.at(m - first_worker_); });
  }

  /// w = 0, all groups alike
  [[nodiscard]] Vector initial_point() const override {
    Vector z(dimension(), 0.0);
    std::fill(z.begin() + static_cast<std::ptrdiff_t>(terms_->features), z.end(),
              1 / static_cast<double>(terms_->groups()));
    return z;
  }

  [[nodiscard]] std::string gap_definition() const override {
    if (terms_->lambda == 0) return {};
    return "upper bound of max_p' f(w,p') - min_w' f(w',p): max_p' f(w,p') - [f(w,p) - |grad_w f(w,p)|^2 / (2 lambda)]";
  }
  [[nodiscard]] double gap(Exchange& exchange, ConstView z, ConstView F) const override;

  [[nodiscard]] std::size_t memory_bytes() const override { return memory_bytes_; }
  [[nodiscard]] std::string fingerprint() const override { return fingerprint_; }
  [[nodiscard]] std::vector<std::string> remarks() const override {
    return {groups_ + "; monotone for p in the simplex"};
  }

 private:
  /// sum_g p_g L_g - (nu/2) ||p - 1/G||^2
  [[nodiscard]] double value(ConstView losses, ConstView p) const {
    double squares = 0;
    for (const double share : p) squares += (share - uniform()) * (share - uniform());
    return kernels::dot(losses, p) - terms_->nu / 2 * squares;
  }
  [[nodiscard]] double uniform() const { return 1 / static_cast<double>(terms_->groups()); }

  Index rows_;
  Index first_worker_;
  std::size_t memory_bytes_;
  std::string fingerprint_;
  std::string groups_;
  std::shared_ptr<const GroupDroTerms> terms_;
  std::vector<std::unique_ptr<GroupDroShard>> shards_;
};

// F(z) tells all: F_w = grad_w f(w, p), and F_p = nu (p - 1/G) - L(w) the losses. The maximum over p' is attained at
// the projection of 1/G + L/nu onto the simplex, at the largest loss if nu = 0. f(., p) is lambda-strongly convex: its
// minimum is at least f(w, p) - |grad_w f(w, p)|^2 / (2 lambda). The term (lambda/2) |w|^2 is in both and drops out.
double GroupDro::gap(Exchange& /*exchange*/, ConstView z, ConstView F) const {
  const Index d = terms_->features;
  const ConstView p = z.subspan(d);
  Vector losses(p.size());
  for (Index g = 0; g < p.size(); ++g) losses[g] = terms_->nu * (p[g] - uniform()) - F[d + g];

  Vector worst(p.size(), 0.0);
  if (terms_->nu > 0) {
    for (Index g = 0; g < p.size(); ++g) worst[g] = uniform() + losses[g] / terms_->nu;
    make_simplex()->prox(1.0, worst);
  } else {
    worst[static_cast<Index>(std::ranges::max_element(losses) - losses.begin())] = 1;
  }
  return value(losses, worst) - value(losses, p) + kernels::squared_norm(F.first(d)) / (2 * terms_->lambda);
}

}  // namespace

ProblemPlugIn group_dro() {
  ProblemPlugIn plug;
  plug.name = "group-dro";
  plug.also_called = {"dro"};
  plug.summary =
      "logistic regression on a LIBSVM file that is good for every group of "
      "rows: minimise the worst mixture of the groups' losses";
  plug.formula =
      "min over w, max over p in the simplex of sum_g p_g L_g(w) + lambda/2 |w|^2 - nu/2 |p - 1/G|^2, L_g(w) = mean "
      "over group g of log(1 + exp(-y_i a_i'w))";
  plug.reference =
      "Mohri, Sivek, Suresh, Agnostic federated learning, ICML 2019; Sagawa, Koh, Hashimoto, Liang, Distributionally "
      "robust neural networks for group shifts, ICLR 2020";
  plug.parameters = {
      Parameter::text("groups", "labels",
                      "workers: a worker's rows are a group; labels: by label; feature:J: by the value of feature J"),
      Parameter::real("lambda", "1e-2", "weight of |w|^2 / 2; 0: no gap is known", 0, 1e12),
      Parameter::real("nu", "0.1", "weight of -|p - 1/G|^2 / 2", 0, 1e12),
  };
  for (auto& parameter : sparse_data_parameters()) plug.parameters.push_back(std::move(parameter));
  plug.needs_data = true;
  plug.default_workers = 16;
  plug.make = [](const Parameters& parameters, const ProblemContext& context) -> ProblemPointer {
    SparseData data = load_sparse_data(parameters, context);
    map_two_labels(context.communicator(), data);
    Groups groups = group_rows(context.communicator(), data, parameters.text("groups"));
    return std::make_unique<GroupDro>(std::move(data), std::move(groups), parameters.real("lambda"),
                                      parameters.real("nu"));
  };
  return plug;
}

}  // namespace vireo::problems
