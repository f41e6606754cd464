#include <algorithm>
#include <cmath>
#include <numbers>

#include "linalg/spectrum.hpp"
#include "problems/games/rotation_shard.hpp"
#include "problems/worker_values.hpp"
#include "vireo/core/error.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// Over the complex numbers z_c, c < d/2: F_i(z)_c = m_ic z_c + q_c, m_ic = (1 - e^{i t_ic}) / 2, with angles t_ic =
/// min(t_c e^{spread N_ic}, pi), t_c geometric from `smallest` to `largest`, and q = -mean(m) z*. With the rotation R_i
/// by t_ic: F_i = (I - R_i)/2 + q.
class Rotations final : public Problem {
 public:
  Rotations(const Parameters& parameters, const ProblemContext& context)
      : Problem(context.place(parameters.integer("components"))),
        dimension_(parameters.integer("dimension")),
        components_(parameters.integer("components")),
        seed_(parameters.integer("seed")),
        workers_here_(layout().workers_of(static_cast<Index>(context.communicator().rank()))) {
    if (dimension_ % 2 != 0)
      throw UsageError("rotations: dimension=" + std::to_string(dimension_) +
                       " is odd, and coordinates are rotated in pairs");
    const double smallest = parameters.real("smallest");
    const double largest = parameters.real("largest");
    if (smallest > largest)
      throw UsageError("rotations: smallest=" + format_real(smallest) + " is above largest=" + format_real(largest));

    const double weight = static_cast<double>(layout().workers()) / static_cast<double>(components_);
    for (Index m = workers_here_.begin; m < workers_here_.end; ++m)
      shards_.push_back(std::make_unique<RotationShard>(
          multipliers(part_of(components_, layout().workers(), m), smallest, largest, parameters.real("spread")),
          dimension_, weight));
    find_offset_and_constants(context.communicator());
  }

  [[nodiscard]] Index dimension() const override { return dimension_; }
  [[nodiscard]] Index components() const override { return components_; }
  [[nodiscard]] const Shard& shard(Index worker) const override { return of(worker); }
  [[nodiscard]] bool affine() const override { return true; }
  [[nodiscard]] Constants constants(Exchange& /*exchange*/) const override { return constants_; }
  [[nodiscard]] std::optional<Vector> solution() const override { return solution_; }
  [[nodiscard]] std::string fingerprint() const override { return "generated"; }
  [[nodiscard]] std::size_t memory_bytes() const override {
    std::size_t total = 0;
    for (const auto& shard : shards_) total += shard->bytes();
    return total;
  }

 private:
  enum Draw : std::uint64_t { angles = 1, solution_draw = 2 };
  [[nodiscard]] random::Key key(std::uint64_t i, Draw draw) const { return {seed_, random::Purpose::problem, i, draw}; }
  [[nodiscard]] RotationShard& of(Index worker) const { return *shards_.at(worker - workers_here_.begin); }

  [[nodiscard]] Vector multipliers(Range mine, double smallest, double largest, double spread) const {
    const Index half = dimension_ / 2;
    Vector typical(half);
    for (Index c = 0; c < half; ++c) {
      const double place = half > 1 ? static_cast<double>(c) / static_cast<double>(half - 1) : 0.0;
      typical[c] = smallest * std::pow(largest / smallest, place);
    }
    Vector out(mine.size() * dimension_);
    Vector noise(half);
    for (Index i = mine.begin; i < mine.end; ++i) {
      random::normals(key(i, angles), 0, noise);
      double* m = out.data() + (i - mine.begin) * dimension_;
      for (Index c = 0; c < half; ++c, m += 2) {
        const double angle = std::min(typical[c] * std::exp(spread * noise[c]), std::numbers::pi);
        // (1 - e^{it})/2 = sin^2(t/2) - i sin(t/2) cos(t/2), without cancellation
        const double sine = std::sin(angle / 2);
        m[0] = sine * sine;
        m[1] = -sine * std::cos(angle / 2);
      }
    }
    return out;
  }

  /// The Jacobian of F is the diagonal matrix of the mean multipliers, hence all constants are read off it:
  ///     L = max |m_c|,  mu = min Re m_c,  cocoercivity = max |m_c|^2 / Re m_c,
  ///     L_component^2 = max_c mean_i |m_ic|^2 = max Re m_c, and cocoercivity_component = 1, with equality, as
  ///     <F_i(u) - F_i(v), u - v> = ||F_i(u) - F_i(v)||^2 for every i.
  void find_offset_and_constants(Communicator& comm) {
    Exchange exchange(comm, layout(), dimension_, seed_);
    Vector mean(dimension_);
    exchange.mean([&](Index m, View x) { std::ranges::copy(of(m).mean_multiplier(), x.begin()); }, mean);

    solution_.resize(dimension_);
    random::normals(key(random::nobody, solution_draw), 0, solution_);
    const auto q = std::make_shared<Vector>(dimension_);
    double L = 0;
    double mu = 1;
    double cocoercivity = 0;
    double squares = 0;
    for (Index c = 0; c < dimension_; c += 2) {
      (*q)[c] = -(mean[c] * solution_[c] - mean[c + 1] * solution_[c + 1]);
      (*q)[c + 1] = -(mean[c] * solution_[c + 1] + mean[c + 1] * solution_[c]);
      const double modulus = std::hypot(mean[c], mean[c + 1]);
      L = std::max(L, modulus);
      mu = std::min(mu, mean[c]);
      cocoercivity = std::max(cocoercivity, modulus * modulus / mean[c]);
      squares = std::max(squares, mean[c]);
    }
    for (auto& shard : shards_) shard->set_offset(q);

    const auto worker_L = [&](Index m) {
      const ConstView mine = of(m).mean_multiplier();
      double largest = 0;
      for (Index c = 0; c < dimension_; c += 2) largest = std::max(largest, std::hypot(mine[c], mine[c + 1]));
      return largest;
    };
    const auto computed = [](double value) { return Constant{value, Origin::computed}; };
    constants_ = {.L = computed(L),
                  .L_tilde = computed(root_mean_square(share_worker_values(exchange, worker_L))),
                  .L_component = computed(std::sqrt(squares)),
                  .mu = computed(mu),
                  .cocoercivity = computed(cocoercivity),
                  .cocoercivity_component = computed(1.0)};
  }

  Index dimension_;
  Index components_;
  std::uint64_t seed_;
  Range workers_here_;
  std::vector<std::unique_ptr<RotationShard>> shards_;
  Vector solution_;
  Constants constants_;
};

}  // namespace

ProblemPlugIn rotations() {
  ProblemPlugIn plug;
  plug.name = "rotations";
  plug.summary = "random rotations: cocoercive, not symmetric, and hard for gradient steps, with a known solution";
  plug.formula =
      "F_i(z) = (z - R_i z)/2 + q;  R_i turns coordinates (2c, 2c+1) by min(t_c e^{spread N_ic}, pi), t_c geometric "
      "from smallest to largest";
  plug.reference =
      "after Cai, Alacaoglu, Diakonikolas, Variance reduced Halpern iteration for finite-sum monotone inclusions, ICLR "
      "2024: cocoercive on average with constant 1, and not the gradient of anything";
  plug.parameters = {
      Parameter::integer("dimension", "80", "d (even)", 2),
      Parameter::integer("components", "1000", "n, the number of F_i", 1),
      Parameter::real("spread", "0.5", "standard deviation of the logarithm of the angles over i", 0, 10),
      Parameter::real("smallest", "1e-3", "smallest typical angle", 1e-100, std::numbers::pi),
      Parameter::real("largest", "2.5", "largest typical angle", 1e-100, std::numbers::pi),
      Parameter::integer("seed", "0", "of the random problem", 0),
  };
  plug.default_workers = 64;
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<Rotations>(parameters, context);
  };
  return plug;
}

}  // namespace vireo::problems
