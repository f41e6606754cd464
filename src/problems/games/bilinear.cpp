#include <cmath>
#include <limits>

#include "linalg/reflections.hpp"
#include "linalg/spectrum.hpp"
#include "problems/games/generated_game.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/exchange/exchange.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// F_m(z) = [ A_m y + a_m + lambda x ;  -A_m' x - b_m + lambda y ].
///
/// spectrum=normal: A_i = (A_0 + heterogeneity N_i) / sqrt(nonzeros per row), A_0 and N_i with standard normal entries
/// where the structure has any.
/// spectrum=geometric (dense): A_i = A_0 + heterogeneity (N_i - N_{i+1 mod n}) / sqrt(2 columns), A_0 with singular
/// values from 1 down to `smallest` in geometric progression, and random singular vectors. The mean of the A_i is A_0.
///
/// lambda = ||A||_2 / sqrt(condition^2 - 1), with A the mean of the A_i, so that L / mu = condition.
class Bilinear final : public GeneratedGame {
 public:
  Bilinear(const Parameters& parameters, const ProblemContext& context)
      : GeneratedGame(context, parameters.integer("dimension"), parameters.integer("components"),
                      parameters.integer("seed")) {
    const auto& structure = parameters.text("structure");
    const bool geometric = parameters.text("spectrum") == "geometric";
    if (geometric && structure != "dense")
      throw UsageError("bilinear: spectrum=geometric is for structure=dense; its A_0 has no zeros");
    double per_row = static_cast<double>(half_);
    std::unique_ptr<linalg::Coupling> common;
    if (structure == "banded") {
      const Index bandwidth = parameters.integer("bandwidth");
      common = std::make_unique<linalg::BandedCoupling>(half_, bandwidth);
      per_row = static_cast<double>(2 * bandwidth + 1);
    } else if (structure == "sparse") {
      const Index nonzeros = std::min(parameters.integer("nonzeros"), half_);
      common = std::make_unique<linalg::SparseCoupling>(half_, nonzeros, seed_);
      per_row = static_cast<double>(nonzeros);
    } else {
      common = std::make_unique<linalg::DenseCoupling>(half_, half_);
    }
    const double scale = 1 / std::sqrt(per_row);
    if (geometric)
      common = matrix_with_spectrum(parameters.real("smallest"));
    else
      common->add_normals(scale, key(random::nobody, common_matrix));

    std::vector<std::vector<GameComponent>> shards;
    for (Index m = workers_here().begin; m < workers_here().end; ++m) {
      auto& mine = shards.emplace_back();
      for (Index i = components_of(m).begin; i < components_of(m).end; ++i) {
        GameComponent component;
        component.A = common->zero_like();
        component.A->add(1.0, *common);
        const double size = scale * parameters.real("heterogeneity");
        if (!geometric) {
          component.A->add_normals(size, key(i, matrix));
        } else if (components_ > 1 && size > 0) {  // alone, it would differ from itself by rounding
          component.A->add_normals(+size / std::sqrt(2.0), key(i, matrix));
          component.A->add_normals(-size / std::sqrt(2.0), key((i + 1) % components_, matrix));
        }
        mine.push_back(std::move(component));
      }
    }
    common.reset();

    const double norm_A = mean_coupling_norm(context, shards);
    const double condition = parameters.real("condition");
    const double lambda = norm_A / std::sqrt(condition * condition - 1);
    for (Index m = workers_here().begin; m < workers_here().end; ++m) {
      auto& mine = shards[m - workers_here().begin];
      for (Index i = 0; i < mine.size(); ++i) {
        mine[i].diagonal = lambda;
        set_offset(mine[i], components_of(m).begin + i);
      }
      add_shard(std::move(mine));
    }
    constants_.L = {std::hypot(norm_A, lambda), Origin::computed};  // J'J = blockdiag(A A', A'A) + lambda^2 I
    constants_.mu = {lambda, Origin::computed};                     // (J + J')/2 = lambda I
    if (lambda > 0)
      constants_.cocoercivity = {(norm_A * norm_A + lambda * lambda) / lambda,
                                 Origin::computed};  // attained at A's top pair
  }

  [[nodiscard]] Constants constants(Exchange& /*exchange*/) const override { return constants_; }

 private:
  static constexpr std::uint64_t reflections = 3;

  [[nodiscard]] std::unique_ptr<linalg::DenseCoupling> matrix_with_spectrum(double smallest) const {
    auto A = std::make_unique<linalg::DenseCoupling>(half_, half_);
    for (Index j = 0; j < half_; ++j) {
      const double place = half_ > 1 ? static_cast<double>(j) / static_cast<double>(half_ - 1) : 0.0;
      A->row(j)[j] = std::pow(smallest, place);
    }
    for (std::uint64_t r = 0; r < 2 * reflections; r += 2) {
      linalg::reflect_left(*A, linalg::random_direction(key(random::nobody, reflection + r), half_));
      linalg::reflect_right(*A, linalg::random_direction(key(random::nobody, reflection + r + 1), half_));
    }
    return A;
  }

  /// ||mean of the A_i||_2, from J = [0 A; -A' 0] whose largest singular value it is
  double mean_coupling_norm(const ProblemContext& context,
                            const std::vector<std::vector<GameComponent>>& shards) const {
    Exchange exchange(context.communicator(), layout(), dimension(), seed_);
    Vector Jv(dimension());
    Vector term(dimension());
    const double weight = static_cast<double>(layout().workers()) / static_cast<double>(components());
    const auto mean = [&](ConstView v, View out, auto product) {
      exchange.mean(
          [&](Index m, View x) {
            std::fill(x.begin(), x.end(), 0.0);
            for (const auto& component : shards[m - workers_here().begin]) {
              product(component, v, term);
              kernels::axpy(weight, term, x);
            }
          },
          out);
    };
    const auto gram = [&](ConstView v, View out) {
      mean(v, Jv, [](const GameComponent& c, ConstView in, View to) { c.apply(in, to); });
      mean(Jv, out, [](const GameComponent& c, ConstView in, View to) { c.apply_transpose(in, to); });
    };
    return std::sqrt(linalg::largest_eigenvalue(dimension(), gram, 1));
  }

  Constants constants_;
};

}  // namespace

ProblemPlugIn bilinear() {
  ProblemPlugIn plug;
  plug.name = "bilinear";
  plug.also_called = {"bilinear-saddle", "saddle"};
  plug.summary = "a random regularised bilinear saddle point with a known solution, split over workers that differ";
  plug.formula =
      "min_x max_y (1/n) sum_i x'A_i y + a_i'x + b_i'y + (lambda/2)(|x|^2 - |y|^2);  "
      "F_i(z) = [A_i y + a_i + lambda x; -A_i'x - b_i + lambda y]";
  plug.reference =
      "Beznosikov et al., Distributed methods with compressed communication for solving variational inequalities, "
      "NeurIPS 2022, experiments";
  plug.parameters = {
      Parameter::integer("dimension", "200", "d, both players together (even)", 2),
      Parameter::integer("components", "64", "n, the number of F_i", 1),
      Parameter::real("condition", "100", "L / mu; inf: lambda = 0, merely monotone", 1,
                      std::numeric_limits<double>::infinity())
          .open_below()
          .or_infinite(),
      Parameter::real("heterogeneity", "1", "how much the A_i differ: A_i = A_0 + heterogeneity N_i", 0, 1e6),
      Parameter::choice("spectrum", "normal",
                        "normal: A_0 has normal entries; geometric: singular values from 1 down to `smallest`, and the "
                        "A_i have mean A_0",
                        {"normal", "geometric"}),
      Parameter::real("smallest", "1e-3", "geometric: smallest singular value of A_0", 0, 1).open_below(),
      Parameter::choice("structure", "dense", "of the A_i; banded and sparse need O(d) storage",
                        {"dense", "banded", "sparse"}),
      Parameter::integer("bandwidth", "3", "banded: diagonals on each side", 0),
      Parameter::integer("nonzeros", "8", "sparse: nonzeros per row", 1),
      Parameter::integer("seed", "0", "of the random problem", 0),
  };
  plug.default_workers = 64;
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<Bilinear>(parameters, context);
  };
  return plug;
}

}  // namespace vireo::problems
