#include "problems/objectives/wide_values.hpp"
#include "vireo/problems/objective.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// GrandCanyon3noisy of the programs of "Gradient is all you need?": a winding canyon in the plane, with waves in it
/// and a wall across. f(0, 0) = 0 is the minimum; runs begin at (8, 8), where f = 39.
class Canyon final : public Objective {
 public:
  void values(const Points& points, View out) const override {
    using namespace elementary;
    values_wide(points, out, [&](Index p) {
      const Wide x = coordinate_wide(points, 0, p);
      const Wide y = coordinate_wide(points, 1, p);
      const Wide off = y - (0.125 * (x - 1.0) * (x - 4.0) * (x - 4.0) + 2.0);  // from the canyon's floor
      const Wide off2 = off * off;
      const Wide wall = -x - 1.6 * y;
      const Wide x2 = x * x;
      const Wide sides = 25.0 * (1.0 - exp(-1.4 * off2 * exp(-0.002 * (x2 * x2))));
      const Wide bowl = 0.4 * x2 + 0.2 * (y * y);
      const Wide waves = 1.1625 * 2.0 * (sin_pi_squared(0.375 * x) + sin_pi_squared(0.375 * y));
      const Wide barrier = 4.0 * exp(1.0 - 2.0 * (off2 * off2)) * (1.0 - exp(-9.0 * (wall * wall)));
      return sides + bowl + waves + select(wall > 0.0, barrier, Wide{});
    });
  }
};

}  // namespace

ProblemPlugIn canyon() {
  ProblemPlugIn plug;
  plug.name = "canyon";
  plug.summary = "global minimisation in the plane: a winding canyon with waves and a wall, where gradients get stuck";
  plug.formula =
      "25 (1 - exp(-1.4 v^2 e^{-.002 x^4})) + .4 x^2 + .2 y^2 + 1.1625 (2 - cos .75 pi x - cos .75 pi y) + 4 exp(1 - 2 "
      "v^4) max((1 - e^{-9 b^2}) sign b, 0);  v = y - (x-1)(x-4)^2/8 - 2, b = -x - 1.6 y";
  plug.reference = "Riedl, Klock, Geldhauser, Fornasier, Gradient is all you need?, arXiv 2306.09778, figure 1";
  plug.default_workers = 1;
  plug.make = [](const Parameters&, const ProblemContext& context) {
    ObjectiveProblem::About about{.lower = -10, .upper = 10, .solution = Vector(2, 0.0), .fingerprint = "formula"};
    about.initial = Vector(2, 8.0);
    return std::make_unique<ObjectiveProblem>(context, 2, std::make_unique<Canyon>(), std::move(about));
  };
  return plug;
}

}  // namespace vireo::problems
