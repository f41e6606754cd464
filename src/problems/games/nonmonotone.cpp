// Variational inequalities that are not monotone, for which no method's theory holds: problems for cbo-vi.
#include <cmath>
#include <numbers>

#include "vireo/problems/component_problem.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::problems {
namespace {

/// The complementarity problem of Kojima and Shindo, with the solutions (sqrt(6)/2, 0, 0, 1/2), where it is degenerate,
/// and (1, 0, 3, 0).
class KojimaShindo final : public ComponentProblem {
 public:
  explicit KojimaShindo(const ProblemContext& context) : ComponentProblem(context, 4, 1) {}

  void component(Index /*i*/, ConstView z, View out) const override {
    const double x1 = z[0], x2 = z[1], x3 = z[2], x4 = z[3];
    out[0] = 3 * x1 * x1 + 2 * x1 * x2 + 2 * x2 * x2 + x3 + 3 * x4 - 6;
    out[1] = 2 * x1 * x1 + x1 + x2 * x2 + 10 * x3 + 2 * x4 - 2;
    out[2] = 3 * x1 * x1 + x1 * x2 + 2 * x2 * x2 + 2 * x3 + 9 * x4 - 9;
    out[3] = x1 * x1 + 3 * x2 * x2 + 2 * x3 + 3 * x4 - 3;
  }
  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override { return {make_nonnegative()}; }
  [[nodiscard]] std::pair<double, double> start_range() const override { return {0.0, 3.0}; }
  [[nodiscard]] Vector initial_point() const override { return Vector(4, 1.0); }
  [[nodiscard]] std::string fingerprint() const override { return "formula"; }
};

/// F(z)_j = y_j (1 + 0.9 sin 6 pi y_j) + 3 (y_{j-1} - y_{j+1}), y = z - 1/2, indices cyclic, in the box [-3, 3]. The
/// only solution is z = 1/2, and it is Minty's too, as <F(z), y> >= |y|^2 / 10; but F is far from monotone, and the
/// natural residual has minima everywhere.
class MintyTest final : public ComponentProblem {
 public:
  MintyTest(const Parameters& parameters, const ProblemContext& context)
      : ComponentProblem(context, parameters.integer("dimension"), 1) {}

  void component(Index /*i*/, ConstView z, View out) const override {
    const Index d = z.size();
    for (Index j = 0; j < d; ++j) {
      const double y = z[j] - 0.5;
      const double before = z[(j + d - 1) % d], after = z[(j + 1) % d];
      out[j] = y * (1 + 0.9 * std::sin(6 * std::numbers::pi * y)) + 3 * (before - after);
    }
  }
  [[nodiscard]] std::vector<RegularizerPointer> own_regularizers() const override { return {make_box(-3, 3)}; }
  [[nodiscard]] std::optional<Vector> solution() const override { return Vector(dimension(), 0.5); }
  [[nodiscard]] std::string fingerprint() const override { return "formula"; }
};

}  // namespace

ProblemPlugIn kojima_shindo() {
  ProblemPlugIn plug;
  plug.name = "kojima-shindo";
  plug.summary = "a nonlinear complementarity problem that is not monotone, d = 4, two solutions";
  plug.formula = "0 <= x, F(x) >= 0, <x, F(x)> = 0 with quadratic F; solutions (sqrt(6)/2, 0, 0, 1/2) and (1, 0, 3, 0)";
  plug.reference = "Kojima, Shindo, Extensions of Newton and quasi-Newton methods to systems of PC1 equations, 1986";
  plug.default_workers = 1;
  plug.make = [](const Parameters&, const ProblemContext& context) { return std::make_unique<KojimaShindo>(context); };
  return plug;
}

ProblemPlugIn minty_test() {
  ProblemPlugIn plug;
  plug.name = "minty-test";
  plug.summary = "not monotone, but with a Minty solution: extragradient steps lead there, and residuals mislead";
  plug.formula = "F(z)_j = y_j (1 + 0.9 sin 6 pi y_j) + 3 (y_{j-1} - y_{j+1}), y = z - 1/2, in [-3, 3]^d";
  plug.reference =
      "made for Vireo; after Dang, Lan, On the convergence properties of non-Euclidean extragradient methods, 2015";
  plug.default_workers = 1;
  plug.parameters = {Parameter::integer("dimension", "20", "d", 2)};
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<MintyTest>(parameters, context);
  };
  return plug;
}

}  // namespace vireo::problems
