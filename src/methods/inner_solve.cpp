#include "methods/inner_solve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {
namespace {

constexpr Index most_steps = 10000;
/// of s ||gamma F_1(y^{j+1/2}) - gamma F_1(y^j)|| / ||y^{j+1/2} - y^j||: below 1 extragradient converges
constexpr double steepest = 0.9;
constexpr double after_cut = 0.7;

}  // namespace

InnerSolve::InnerSolve(const Parameters& parameters, const MethodContext& context, std::string method)
    : oracle_(context.oracle), g_(context.regularizer), L_(context.constants.L), method_(std::move(method)) {
  if (parameters.has("inner")) steps_ = parameters.integer("inner");
  if (parameters.has("inner-tolerance")) tolerance_ = parameters.real("inner-tolerance");
  if (steps_ && tolerance_) throw UsageError(method_ + ": give inner or inner-tolerance, not both");
}

std::vector<Parameter> InnerSolve::parameters(std::string tolerance_meaning) {
  return {Parameter::integer("inner", "auto",
                             "steps of the inner solve, two evaluations of worker 0's operator each; auto: as many as "
                             "inner-tolerance takes",
                             1)
              .or_auto(),
          Parameter::positive("inner-tolerance", "auto", std::move(tolerance_meaning)).or_auto()};
}

/// out = P( y - s gamma F )
void InnerSolve::resolve(double gamma, double s, ConstView c, ConstView y, ConstView F, Vector& out) const {
  kernels::combine(1 / (1 + s), y, -s * gamma / (1 + s), F, out);
  kernels::axpy(s / (1 + s), c, out);
  g_.prox(s * gamma / (1 + s), out);
}

void InnerSolve::run(double gamma, ConstView c, const std::function<double(ConstView u)>& allowed, View u, View F_u,
                     View e) {
  for (Vector* const buffer : {&half_, &next_, &F_half_, &F_next_}) buffer->resize(u.size());
  double s = L_ && L_->value > 0 ? std::min(1e6, 1 / (std::sqrt(2.0) * gamma * L_->value)) : 1.0;
  for (Index j = 1;; ++j) {
    for (;;) {
      resolve(gamma, s, c, u, F_u, half_);
      evaluate(half_, F_half_);
      const double moved = kernels::distance(half_, u);
      const double turned = gamma * kernels::distance(F_half_, F_u);
      if (!(s * turned > steepest * moved) || !std::isfinite(turned) || moved == 0) break;
      s = after_cut * moved / turned;
    }
    resolve(gamma, s, c, u, F_half_, next_);
    evaluate(next_, F_next_);

    for (Index i = 0; i < u.size(); ++i) e[i] = (u[i] - next_[i]) / s + gamma * (F_next_[i] - F_half_[i]);
    std::ranges::copy(next_, u.begin());
    std::ranges::copy(F_next_, F_u.begin());

    if (steps_ && j >= *steps_) return;
    if (steps_) continue;
    const double error = kernels::norm(e);
    const double size = (kernels::norm(u) + kernels::norm(c)) * std::max(1.0, 1 / s) + gamma * kernels::norm(F_u);
    const double rounding = 8 * std::numeric_limits<double>::epsilon() * size;
    if (error <= std::max(rounding, allowed(u))) return;
    if (!std::isfinite(error)) {  // a step that is far too large: all ranks see it by the NaN
      std::ranges::fill(u, std::numeric_limits<double>::quiet_NaN());
      return;
    }
    if (j >= most_steps)
      throw NumericalError(
          fmt::format("{}: the inner problem was not solved in {} steps; a smaller step= or a larger "
                      "inner-tolerance= makes it easier",
                      method_, most_steps));
  }
}

std::string InnerSolve::description(const std::string& accuracy) const {
  if (steps_) return fmt::format("{} extragradient step{} on worker 0", *steps_, *steps_ == 1 ? "" : "s");
  return "extragradient steps on worker 0 until " + accuracy;
}

void project_onto_domain(const Regularizer& g, View z) {
  // far below the rounding of any coordinate that is not 0 itself; not so small that a prox could overflow on 1/t
  constexpr double t = 1e-100;
  if (!g.zero()) g.prox(t, z);
}

}  // namespace vireo::methods
