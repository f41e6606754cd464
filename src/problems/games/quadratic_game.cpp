#include <cmath>

#include "linalg/reflections.hpp"
#include "problems/games/generated_game.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// The mean operator is J = [U1 D U1', U1 S U2'; -U2 S U1', U2 D U2'] with orthogonal U1, U2 (products of random
/// reflections), D = diag(rho_j sqrt(1 - skewness^2)), S = diag(+-rho_j skewness), rho_j from 1 down geometrically: a
/// normal matrix with eigenvalues of modulus rho_j, so that L = 1 and mu = 1/condition exactly. Component i: J_i = J +
/// heterogeneity (E_i - E_{i+1 mod n}), E_i random with symmetric diagonal blocks.
class QuadraticGame final : public GeneratedGame {
 public:
  QuadraticGame(const Parameters& parameters, const ProblemContext& context)
      : GeneratedGame(context, parameters.integer("dimension"), parameters.integer("components"),
                      parameters.integer("seed")),
        heterogeneity_(parameters.real("heterogeneity")) {
    const double skewness = parameters.real("skewness");
    const double condition = parameters.real("condition");
    const double cosine = std::sqrt(1 - skewness * skewness);
    const double least = 1 / (condition * cosine);
    if (least > 1)
      throw UsageError("quadratic-game: condition=" + format_real(condition) +
                       " is below 1/sqrt(1 - skewness^2) = " + format_real(1 / cosine));
    const GameComponent mean = mean_operator(least, cosine, skewness);
    for (Index m = workers_here().begin; m < workers_here().end; ++m) {
      std::vector<GameComponent> mine;
      for (Index i = components_of(m).begin; i < components_of(m).end; ++i) {
        GameComponent component = mean.zero_like();
        component.add(1.0, mean);
        if (components_ > 1 && heterogeneity_ > 0) {
          add_perturbation(component, +heterogeneity_, i);
          add_perturbation(component, -heterogeneity_, (i + 1) % components_);
        }
        set_offset(component, i);
        mine.push_back(std::move(component));
      }
      add_shard(std::move(mine));
    }
    constants_.L = {1.0, Origin::computed};
    constants_.mu = {half_ > 1 ? 1 / condition : cosine, Origin::computed};
    // J is normal: Re(1/eigenvalue) >= 1/ell gives ell = max |e|^2 / Re e = 1/cosine
    constants_.cocoercivity = {1 / cosine, Origin::computed};
  }

  [[nodiscard]] Constants constants(Exchange& /*exchange*/) const override { return constants_; }

 private:
  static constexpr std::uint64_t reflections = 3;

  [[nodiscard]] Vector unit_normal(std::uint64_t number) const {
    return linalg::random_direction(key(random::nobody, reflection + number), half_);
  }

  [[nodiscard]] GameComponent mean_operator(double least, double cosine, double skewness) const {
    auto P = std::make_unique<linalg::DenseCoupling>(half_, half_);
    auto Q = std::make_unique<linalg::DenseCoupling>(half_, half_);
    auto A = std::make_unique<linalg::DenseCoupling>(half_, half_);
    for (Index j = 0; j < half_; ++j) {
      const double place = half_ > 1 ? static_cast<double>(j) / static_cast<double>(half_ - 1) : 0.0;
      const double rho = std::pow(least, place);
      P->row(j)[j] = Q->row(j)[j] = rho * cosine;
      A->row(j)[j] = (j % 2 == 0 ? rho : -rho) * skewness;
    }
    for (std::uint64_t r = 0; r < reflections; ++r) {
      const Vector w1 = unit_normal(2 * r);
      const Vector w2 = unit_normal(2 * r + 1);
      linalg::reflect_left(*P, w1);
      linalg::reflect_right(*P, w1);
      linalg::reflect_left(*Q, w2);
      linalg::reflect_right(*Q, w2);
      linalg::reflect_left(*A, w1);
      linalg::reflect_right(*A, w2);
    }
    GameComponent mean;
    mean.A = std::move(A);
    mean.P = std::move(P);
    mean.Q = std::move(Q);
    mean.c.assign(dimension(), 0.0);
    return mean;
  }

  /// += a E_i / sqrt(h): E_i with independent normal entries, its diagonal blocks symmetric
  void add_perturbation(GameComponent& component, double a, Index i) const {
    const double scale = a / std::sqrt(static_cast<double>(half_));
    component.A->add_normals(scale, key(i, matrix));
    add_symmetric_normals(*component.P, scale, key(i, matrix_P));
    add_symmetric_normals(*component.Q, scale, key(i, matrix_Q));
  }

  static void add_symmetric_normals(linalg::DenseCoupling& S, double a, const random::Key& key) {
    Vector line(S.columns());
    for (Index r = 0; r < S.rows(); ++r) {
      random::normals(key, r * S.columns(), line);
      S.row(r)[r] += a * line[r];
      for (Index c = r + 1; c < S.columns(); ++c) {
        S.row(r)[c] += a * line[c];
        S.row(c)[r] += a * line[c];
      }
    }
  }

  double heterogeneity_;
  Constants constants_;
};

}  // namespace

ProblemPlugIn quadratic_game() {
  ProblemPlugIn plug;
  plug.name = "quadratic-game";
  plug.summary = "a strongly monotone quadratic game of two players with known solution, L = 1 and mu = 1/condition";
  plug.formula =
      "F_i(z) = J_i (z - z*) + noise_i;  the mean of the J_i is a normal matrix with eigenvalues rho (cos t +- i sin "
      "t), sin t = skewness";
  plug.reference = "-";
  plug.parameters = {
      Parameter::integer("dimension", "100", "d, both players together (even)", 2),
      Parameter::integer("components", "64", "n, the number of F_i", 1),
      Parameter::real("condition", "100", "L / mu", 1, 1e12),
      Parameter::real("skewness", "0.5", "sine of the angle: 0 is a minimisation, towards 1 a rotation", 0, 0.999999),
      Parameter::real("heterogeneity", "0.1", "how much the J_i differ", 0, 1e6),
      Parameter::integer("seed", "0", "of the random problem", 0),
  };
  plug.default_workers = 64;
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<QuadraticGame>(parameters, context);
  };
  return plug;
}

}  // namespace vireo::problems
