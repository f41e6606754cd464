#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// The server's inner problem: the resolvent of F_1 + dg, where F_1 is the operator of worker 0,
///
///     0 in gamma ( F_1(u) + dg(u) ) + u - c,
///
/// by extragradient on gamma F_1 with the rest, which is 1-strongly convex, in the proximal step:
///
///     P(x)      = prox_{s gamma/(1+s) g}( (x + s c) / (1 + s) )
///     y^{j+1/2} = P( y^j - s gamma F_1(y^j) )
///     y^{j+1}   = P( y^j - s gamma F_1(y^{j+1/2}) )
///     e^{j+1}   = (y^j - y^{j+1}) / s + gamma ( F_1(y^{j+1}) - F_1(y^{j+1/2}) )
///
/// e is an element of the right-hand side at y^{j+1}; its norm, which bounds the distance to the exact solution if F_1
/// is monotone, costs no evaluation of its own. s starts at 1 / (sqrt(2) gamma L) and is cut where F_1 is steeper,
/// until s gamma ||F_1(y^{j+1/2}) - F_1(y^j)|| <= 0.9 ||y^{j+1/2} - y^j|| (Khobotov, "Modification of the
/// extra-gradient method", 1987), so L need not be right. Converges like (1 + s)^{-j}. Two evaluations of F_1 a step,
/// and one for each cut. Runs on worker 0's rank alone: no bytes.
class InnerSolve {
 public:
  /// Reads `inner` and `inner-tolerance`.
  InnerSolve(const Parameters& parameters, const MethodContext& context, std::string method);

  /// `inner=auto|number of steps`, `inner-tolerance=auto|number`
  [[nodiscard]] static std::vector<Parameter> parameters(std::string tolerance_meaning);

  /// whether `inner` gives the number of steps
  [[nodiscard]] bool fixed() const { return steps_.has_value(); }
  /// inner-tolerance; empty: auto
  [[nodiscard]] std::optional<double> tolerance() const { return tolerance_; }

  /// On entry u = y^0 and F_u = F_1(y^0); on exit the last y, F_1 there, and e with gamma (F_1(u) + g') + u - c = e
  /// for a subgradient g' of g at u. Ends after `inner` steps or, if that is auto, as soon as ||e|| <= allowed(u) or
  /// rounding leaves no more to gain. throws NumericalError if that does not come to
  /// pass; if the numbers overflow, u is NaN
  void run(double gamma, ConstView c, const std::function<double(ConstView u)>& allowed, View u, View F_u, View e);

  /// "until ||e|| <= ..." or "2 steps"
  [[nodiscard]] std::string description(const std::string& accuracy) const;

 private:
  void evaluate(ConstView z, View out) const { oracle_.mean(0, z, out); }
  void resolve(double gamma, double s, ConstView c, ConstView y, ConstView F, Vector& out) const;

  const Oracle& oracle_;
  const Regularizer& g_;
  std::optional<Constant> L_;
  std::string method_;
  std::optional<Index> steps_;
  std::optional<double> tolerance_;
  Vector half_, next_, F_half_, F_next_;
};

/// z <- the point of the closure of dom g that is nearest to z: the limit of prox_{t g}(z) as t -> 0.
void project_onto_domain(const Regularizer& g, View z);

}  // namespace vireo::methods
