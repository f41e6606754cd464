// Saddle functions E(x, y) that are known by their values too: problems for cbo-saddle, and for all methods.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "problems/objectives/wide_values.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/problems/component_problem.hpp"
#include "vireo/problems/objective.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// E(x, y) = sum_j q(x_j) - q(y_j) - coupling x_j y_j,  q(t) = t^2 + 3/2 (1 - cos 2 pi t)
class SaddleRastrigin final : public ComponentProblem, public Game {
 public:
  SaddleRastrigin(const Parameters& parameters, const ProblemContext& context)
      : ComponentProblem(context, 2 * parameters.integer("half"), 1),
        half_(parameters.integer("half")),
        coupling_(parameters.real("coupling")) {}

  void component(Index /*i*/, ConstView z, View out) const override {
    const auto slope = [](double t) { return 2 * t + 3 * std::numbers::pi * std::sin(2 * std::numbers::pi * t); };
    for (Index j = 0; j < half_; ++j) {
      out[j] = slope(z[j]) - coupling_ * z[half_ + j];
      out[half_ + j] = slope(z[half_ + j]) + coupling_ * z[j];
    }
  }

  [[nodiscard]] const Game* game() const override { return this; }
  /// E(x, y) + q(y) for x, -(E(x, y) - q(x)) for y: what the other player has alone is a constant of the cost
  void costs(Index player, const Points& own, ConstView z, View out) const override {
    const double sign = player == 0 ? -coupling_ : coupling_;
    const ConstView other = z.subspan(player == 0 ? half_ : 0, half_);
    values_wide(own, out, [&](Index p) {
      Wide f{};
      for (Index j = 0; j < half_; ++j) {
        const Wide t = coordinate_wide(own, j, p);
        f += t * t + 3.0 * elementary::sin_pi_squared(t) + sign * other[j] * t;
      }
      return f;
    });
  }

  [[nodiscard]] std::vector<Block> blocks() const override { return {{"x", {0, half_}}, {"y", {half_, 2 * half_}}}; }
  [[nodiscard]] std::optional<Vector> solution() const override { return Vector(dimension(), 0.0); }
  [[nodiscard]] Vector initial_point() const override { return Vector(dimension(), 1.0); }
  [[nodiscard]] std::string fingerprint() const override { return "formula"; }

 private:
  Index half_;
  double coupling_;
};

/// E(x, y) = sum_j (x_j - 1/2) (y_j - 3/10): monotone, and no best response is strict
class BilinearPairs final : public ComponentProblem, public Game {
 public:
  BilinearPairs(const Parameters& parameters, const ProblemContext& context)
      : ComponentProblem(context, 2 * parameters.integer("half"), 1), half_(parameters.integer("half")) {}

  void component(Index /*i*/, ConstView z, View out) const override {
    for (Index j = 0; j < half_; ++j) {
      out[j] = z[half_ + j] - y_star;
      out[half_ + j] = -(z[j] - x_star);
    }
  }

  [[nodiscard]] const Game* game() const override { return this; }
  void costs(Index player, const Points& own, ConstView z, View out) const override {
    values_wide(own, out, [&](Index p) {
      Wide f{};
      for (Index j = 0; j < half_; ++j) {
        const double slope = player == 0 ? z[half_ + j] - y_star : -(z[j] - x_star);
        f += slope * (coordinate_wide(own, j, p) - (player == 0 ? x_star : y_star));
      }
      return f;
    });
  }

  [[nodiscard]] Constants constants(Exchange& /*exchange*/) const override {
    const Constant one{1.0, Origin::computed};
    return {.L = one,
            .L_tilde = one,
            .L_component = one,
            .mu = Constant{0.0, Origin::computed},
            .cocoercivity = {},
            .cocoercivity_component = {}};
  }
  [[nodiscard]] std::vector<Block> blocks() const override { return {{"x", {0, half_}}, {"y", {half_, 2 * half_}}}; }
  [[nodiscard]] std::optional<Vector> solution() const override {
    Vector z(dimension(), x_star);
    std::fill(z.begin() + static_cast<std::ptrdiff_t>(half_), z.end(), y_star);
    return z;
  }
  [[nodiscard]] std::pair<double, double> start_range() const override { return {-2.0, 2.0}; }
  [[nodiscard]] std::string fingerprint() const override { return "formula"; }

 private:
  static constexpr double x_star = 0.5, y_star = 0.3;
  Index half_;
};

/// E(x, y) = x'Ax/2 + x'B'y - y'Cy/2; A and C are means of Wishart matrices, B is a mean of normal ones
class QuadraticSaddle final : public ComponentProblem, public Game {
 public:
  QuadraticSaddle(const Parameters& parameters, const ProblemContext& context)
      : ComponentProblem(context, parameters.integer("x") + parameters.integer("y"), 1),
        nx_(parameters.integer("x")),
        ny_(parameters.integer("y")),
        A_(wishart(nx_, parameters.integer("seed"), 0)),
        C_(wishart(ny_, parameters.integer("seed"), 1)),
        B_(nx_ * ny_, 0.0) {
    Vector term(B_.size());
    for (std::uint64_t i = 0; i < terms; ++i) {
      random::normals({parameters.integer("seed"), random::Purpose::problem, i, 2}, 0, term);
      kernels::axpy(1.0 / terms, term, B_);
    }
  }

  void component(Index /*i*/, ConstView z, View out) const override {
    const ConstView x = z.first(nx_), y = z.subspan(nx_);
    for (Index r = 0; r < nx_; ++r) {
      double sum = kernels::dot(ConstView(A_).subspan(r * nx_, nx_), x);
      for (Index s = 0; s < ny_; ++s) sum += B_[s * nx_ + r] * y[s];
      out[r] = sum;
    }
    for (Index s = 0; s < ny_; ++s)
      out[nx_ + s] =
          kernels::dot(ConstView(C_).subspan(s * ny_, ny_), y) - kernels::dot(ConstView(B_).subspan(s * nx_, nx_), x);
  }

  [[nodiscard]] const Game* game() const override { return this; }
  /// t'Mt/2 + t'b, with what the other player plays in b
  void costs(Index player, const Points& own, ConstView z, View out) const override {
    const bool first = player == 0;
    const Index n = first ? nx_ : ny_;
    const Vector& M = first ? A_ : C_;
    Vector b(n, 0.0);
    for (Index s = 0; s < ny_; ++s)
      for (Index r = 0; r < nx_; ++r) {
        if (first)
          b[r] += B_[s * nx_ + r] * z[nx_ + s];
        else
          b[s] -= B_[s * nx_ + r] * z[r];
      }
    values_wide(own, out, [&](Index p) {
      Wide f{};
      for (Index i = 0; i < n; ++i) {
        Wide row = all(2 * b[i]);
        for (Index j = 0; j < n; ++j) row += M[i * n + j] * coordinate_wide(own, j, p);
        f += 0.5 * row * coordinate_wide(own, i, p);
      }
      return f;
    });
  }

  [[nodiscard]] std::vector<Block> blocks() const override { return {{"x", {0, nx_}}, {"y", {nx_, nx_ + ny_}}}; }
  [[nodiscard]] std::optional<Vector> solution() const override { return Vector(dimension(), 0.0); }
  [[nodiscard]] Vector initial_point() const override { return Vector(dimension(), 4.0); }
  [[nodiscard]] std::string fingerprint() const override { return "generated"; }

 private:
  static constexpr std::uint64_t terms = 10;

  /// mean of G_i'G_i, G_i square and standard normal
  static Vector wishart(Index n, std::uint64_t seed, std::uint64_t which) {
    Vector M(n * n, 0.0), G(n * n);
    for (std::uint64_t i = 0; i < terms; ++i) {
      random::normals({seed, random::Purpose::problem, i, which}, 0, G);
      for (Index k = 0; k < n; ++k)
        for (Index r = 0; r < n; ++r)
          kernels::axpy(G[k * n + r] / terms, ConstView(G).subspan(k * n, n), View(M).subspan(r * n, n));
    }
    return M;
  }

  Index nx_, ny_;
  Vector A_, C_, B_;  ///< B: ny x nx
};

}  // namespace

ProblemPlugIn saddle_rastrigin() {
  ProblemPlugIn plug;
  plug.name = "saddle-rastrigin";
  plug.summary = "a saddle function with local saddles everywhere, for cbo-saddle";
  plug.formula =
      "E(x, y) = sum_j q(x_j) - q(y_j) - coupling x_j y_j,  q(t) = t^2 + 1.5 (1 - cos 2 pi t);  F = (dE/dx, -dE/dy)";
  plug.reference = "Huang, Qiu, Riedl, Consensus-based optimization for saddle point problems, SICON 2024";
  plug.default_workers = 1;
  plug.parameters = {Parameter::integer("half", "10", "dimension of x, and of y", 1),
                     Parameter::real("coupling", "0", "2: the non-separable one", -1e3, 1e3)};
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<SaddleRastrigin>(parameters, context);
  };
  return plug;
}

ProblemPlugIn bilinear_pairs() {
  ProblemPlugIn plug;
  plug.name = "bilinear-pairs";
  plug.summary = "the bilinear saddle function of pairs of coordinates, where best responses are not strict";
  plug.formula = "E(x, y) = sum_j (x_j - 0.5) (y_j - 0.3);  F = (y - 0.3, 0.5 - x)";
  plug.reference = "Huang, Qiu, Riedl, Consensus-based optimization for saddle point problems, SICON 2024";
  plug.default_workers = 1;
  plug.parameters = {Parameter::integer("half", "10", "dimension of x, and of y", 1)};
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<BilinearPairs>(parameters, context);
  };
  return plug;
}

ProblemPlugIn quadratic_saddle() {
  ProblemPlugIn plug;
  plug.name = "quadratic-saddle";
  plug.summary = "a strongly convex-concave quadratic, for cbo-saddle";
  plug.formula = "E(x, y) = x'Ax/2 + x'B'y - y'Cy/2;  A, C means of 10 Wishart matrices, B of 10 normal ones";
  plug.reference = "Huang, Qiu, Riedl, Consensus-based optimization for saddle point problems, SICON 2024";
  plug.default_workers = 1;
  plug.parameters = {Parameter::integer("x", "40", "dimension of x", 1),
                     Parameter::integer("y", "20", "dimension of y", 1),
                     Parameter::integer("seed", "0", "of the matrices", 0)};
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<QuadraticSaddle>(parameters, context);
  };
  return plug;
}

}  // namespace vireo::problems
