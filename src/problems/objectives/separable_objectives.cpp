// Objectives for global minimisation in any dimension, all with f* = 0: at x = shift (rosenbrock: at x = 1 + shift).
#include <cmath>
#include <numbers>
#include <optional>

#include "problems/games/rotation.hpp"
#include "problems/objectives/wide_values.hpp"
#include "vireo/problems/objective.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {
namespace {

/// f(Q (x - shift)), with Q = I unless it is rotated: `formula(t, p)` is f at the points from p on, where t are Q (x -
/// shift), or x itself with the shift to be taken off
template <class Formula>
class Shifted final : public Objective {
 public:
  Shifted(Index dimension, double shift, bool rotated, std::uint64_t seed) : shift_(shift) {
    if (rotated) rotation_.emplace(dimension, seed);
  }

  void values(const Points& points, View out) const override {
    if (!rotation_) {
      values_wide(points, out, [&](Index p) { return Formula::at(points, shift_, p); });
      return;
    }
    Vector turned;
    rotation_->apply(points, shift_, turned);
    const Points t(turned.data(), points.size(), points.dimension());
    values_wide(t, out, [&](Index p) { return Formula::at(t, 0.0, p); });
  }

 private:
  double shift_;
  std::optional<Rotation> rotation_;
};

/// sum_j t_j^2
struct Sphere {
  static Wide at(const Points& x, double shift, Index p) {
    Wide f{};
    for (Index j = 0; j < x.dimension(); ++j) {
      const Wide t = coordinate_wide(x, j, p) - shift;
      f += t * t;
    }
    return f;
  }
};

/// sum_j t_j^2 + 10 (1 - cos 2 pi t_j), as t^2 + 20 sin^2 pi t, which is accurate near the minimum
struct Rastrigin {
  static Wide at(const Points& x, double shift, Index p) {
    Wide f{};
    for (Index j = 0; j < x.dimension(); ++j) {
      const Wide t = coordinate_wide(x, j, p) - shift;
      f += t * t + 20.0 * elementary::sin_pi_squared(t);
    }
    return f;
  }
};

/// -20 exp(-0.2 sqrt(mean t^2)) - exp(mean cos 2 pi t) + 20 + e
struct Ackley {
  static Wide at(const Points& x, double shift, Index p) {
    const auto d = static_cast<double>(x.dimension());
    Wide squares{}, sines{};
    for (Index j = 0; j < x.dimension(); ++j) {
      const Wide t = coordinate_wide(x, j, p) - shift;
      squares += t * t;
      sines += elementary::sin_pi_squared(t);
    }
    // e - exp(mean cos) = e (1 - exp(-2 mean sin^2))
    return 20.0 * (1.0 - elementary::exp(-0.2 * square_root(squares / d))) +
           std::numbers::e * (1.0 - elementary::exp(-2.0 * (sines / d)));
  }
};

/// sum_j 100 (t_{j+1} - t_j^2)^2 + (1 - t_j)^2
struct Rosenbrock {
  static Wide at(const Points& x, double shift, Index p) {
    Wide f{};
    Wide t = coordinate_wide(x, 0, p) - shift;
    for (Index j = 0; j + 1 < x.dimension(); ++j) {
      const Wide next = coordinate_wide(x, j + 1, p) - shift;
      const Wide valley = next - t * t;
      const Wide along = 1.0 - t;
      f += 100.0 * valley * valley + along * along;
      t = next;
    }
    return f;
  }
};

/// sum_j t_j^2 / 4000 + 1 - prod_j cos(t_j / sqrt(j)), j from 1
struct Griewank {
  static Wide at(const Points& x, double shift, Index p) {
    Wide squares{};
    Wide product = all(1.0);
    for (Index j = 0; j < x.dimension(); ++j) {
      const Wide t = coordinate_wide(x, j, p) - shift;
      squares += t * t;
      product *= elementary::cos_pi(t / (std::numbers::pi * std::sqrt(static_cast<double>(j + 1))));
    }
    return squares / 4000.0 + (1.0 - product);
  }
};

struct Entry {
  const char* name;
  const char* summary;
  const char* formula;
  const char* reference;
  double minimiser;  ///< each coordinate, less the shift
};

template <class Formula>
ProblemPlugIn plug_in(const Entry& entry) {
  ProblemPlugIn plug;
  plug.name = entry.name;
  plug.summary = entry.summary;
  plug.formula = entry.formula;
  plug.reference = entry.reference;
  plug.default_workers = 1;
  plug.parameters = {
      Parameter::integer("dimension", "20", "d", entry.minimiser == 0 ? 1 : 2),
      Parameter::real("shift", "0", "b: the function of x - b in every coordinate", -1e6, 1e6),
      Parameter::flag("rotated", "off", "turn x - b by a random orthogonal matrix: no longer separable"),
      Parameter::integer("seed", "0", "of the matrix", 0),
      Parameter::real("lower", "-3", "where particles begin", -1e6, 1e6),
      Parameter::real("upper", "3", "where particles begin", -1e6, 1e6),
  };
  plug.make = [minimiser = entry.minimiser](const Parameters& p, const ProblemContext& context) {
    const Index d = p.integer("dimension");
    ObjectiveProblem::About about{.lower = p.real("lower"), .upper = p.real("upper"), .fingerprint = "formula"};
    if (about.lower > about.upper)
      throw UsageError("lower=" + format_real(about.lower) + " is above upper=" + format_real(about.upper));
    if (minimiser == 0 || !p.flag("rotated")) about.solution = Vector(d, p.real("shift") + minimiser);
    return std::make_unique<ObjectiveProblem>(
        context, d, std::make_unique<Shifted<Formula>>(d, p.real("shift"), p.flag("rotated"), p.integer("seed")),
        std::move(about));
  };
  return plug;
}

}  // namespace

ProblemPlugIn rastrigin() {
  return plug_in<Rastrigin>({.name = "rastrigin",
                             .summary = "global minimisation: a bowl with about 11^d local minima",
                             .formula = "f(x) = sum_j t_j^2 + 10 (1 - cos 2 pi t_j),  t = x - shift",
                             .reference = "Rastrigin, Systems of extremal control, 1974 (the sum, not the mean)",
                             .minimiser = 0});
}

ProblemPlugIn ackley() {
  return plug_in<Ackley>({.name = "ackley",
                          .summary = "global minimisation: a nearly flat plain of local minima around a funnel",
                          .formula = "f(x) = 20 (1 - exp(-0.2 sqrt(mean t_j^2))) + e - exp(mean cos 2 pi t_j)",
                          .reference = "Ackley, A connectionist machine for genetic hillclimbing, 1987",
                          .minimiser = 0});
}

ProblemPlugIn rosenbrock() {
  return plug_in<Rosenbrock>({.name = "rosenbrock",
                              .summary = "minimisation along a curved valley",
                              .formula = "f(x) = sum_j 100 (t_{j+1} - t_j^2)^2 + (1 - t_j)^2",
                              .reference =
                                  "Rosenbrock, An automatic method for finding the greatest or least value of a "
                                  "function, 1960",
                              .minimiser = 1});
}

ProblemPlugIn griewank() {
  return plug_in<Griewank>({.name = "griewank",
                            .summary = "global minimisation: small waves on a wide bowl",
                            .formula = "f(x) = sum_j t_j^2 / 4000 + 1 - prod_j cos(t_j / sqrt(j))",
                            .reference = "Griewank, Generalized descent for global optimization, 1981",
                            .minimiser = 0});
}

ProblemPlugIn sphere() {
  return plug_in<Sphere>(
      {.name = "sphere",
       .summary = "the simplest objective, to see how accurate a method gets",
       .formula = "f(x) = sum_j t_j^2",
       .reference = "De Jong, An analysis of the behavior of a class of genetic adaptive systems, 1975",
       .minimiser = 0});
}

}  // namespace vireo::problems
