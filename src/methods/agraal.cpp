#include "methods/agraal.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/scaled_norm.hpp"
#include "methods/construct.hpp"
#include "methods/theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {

GoldenRatio::GoldenRatio(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("agraal", parameters, std::move(context)),
      phi_(parameters.real("phi")),
      first_step_(parameters.has("first_step") ? parameters.real("first_step") : 0),
      largest_step_(parameters.real("largest_step")) {}

void GoldenRatio::start(ConstView z0) {
  DeterministicMethod::start(z0);
  zbar_ = previous_ = F_previous_ = z_;
  if (first_step_ > 0) {
    lambda_ = std::min(first_step_, largest_step_);
    inverse_curvature_ = std::numeric_limits<double>::infinity();
  } else {
    probe();
  }
}

/// lambda_{-1} = ||z^0 - z^{-1}|| / ||F(z^0) - F(z^{-1})||
void GoldenRatio::probe() {
  const double size = kernels::norm(F_z_);
  const double d = 1e-6 * (1 + kernels::norm(z_)) / (size > 0 ? size : 1);
  kernels::add_scaled(z_, -d, F_z_, previous_);
  context_.regularizer.prox(d, previous_);
  evaluate(previous_, F_previous_);
  measure();
  // where the probe tells nothing, z^0 is a solution or F is constant there, and any step will do
  const bool tells = std::isfinite(inverse_curvature_);
  lambda_ = std::min(tells ? std::sqrt(inverse_curvature_) : 1.0, largest_step_);
}

void GoldenRatio::measure() {
  double moved = kernels::squared_distance(z_, previous_);
  double changed = kernels::squared_distance(F_z_, F_previous_);
  if (!kernels::safe_square(moved) || !kernels::safe_square(changed)) {
    // the square of a ratio, where the ratio of the squares would be one of numbers that have vanished or overflowed
    moved = kernels::distance(z_, previous_) / kernels::distance(F_z_, F_previous_);
    changed = std::isfinite(moved) ? 1 : 0;
    moved *= moved;
  }
  inverse_curvature_ = moved > 0 && changed > 0 ? std::min(moved / changed, std::numeric_limits<double>::max())
                                                : std::numeric_limits<double>::infinity();
}

bool GoldenRatio::is_long() const {
  const double size = kernels::norm(F_z_);
  return size == 0 || lambda_ * size > 1 + kernels::norm(z_);
}

void GoldenRatio::iterate() {
  const double r = 1 / phi_ + 1 / (phi_ * phi_);

  // 1  lambda_k = min{ r lambda_{k-1}, phi theta_{k-1} / (4 lambda_{k-1}) |dz|^2 / |dF|^2, lambda_max }
  const double before = lambda_;
  lambda_ = std::min({r * before, phi_ * theta_ / (4 * before) * inverse_curvature_, largest_step_});

  // 2  zbar^k = ( (phi-1) z^k + zbar^{k-1} ) / phi
  kernels::combine((phi_ - 1) / phi_, z_, 1 / phi_, zbar_, zbar_);

  // 3  z^{k+1} = prox_{lambda_k g}( zbar^k - lambda_k F(z^k) )
  previous_.swap(z_);
  F_previous_.swap(F_z_);
  kernels::add_scaled(zbar_, -lambda_, F_previous_, z_);
  context_.regularizer.prox(lambda_, z_);

  // 4  theta_k = phi lambda_k / lambda_{k-1}
  theta_ = phi_ * lambda_ / before;

  evaluate(z_, F_z_);
  measure();
  if (!std::isfinite(largest_step_) && z_ == previous_ && is_long())
    inverse_curvature_ = 4 * lambda_ * lambda_ / (phi_ * theta_);  // lambda_{k+1} = lambda_k
  ++k_;
}

void GoldenRatio::list_state(StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("zbar", zbar_);
  state.scalar("lambda", lambda_);
  state.scalar("theta", theta_);
  state.scalar("inverse_curvature", inverse_curvature_);
}

void GoldenRatio::restore() {
  DeterministicMethod::restore();
  previous_ = F_previous_ = z_;
}

std::vector<std::pair<std::string, std::string>> GoldenRatio::description() const {
  return {{"step", first_step_ > 0 ? "adaptive, from " + format_real(first_step_) : "adaptive, from a probe at z^0"},
          {"phi", format_real(phi_)}};
}

MethodPlugIn agraal() {
  MethodPlugIn plug;
  plug.name = "agraal";
  plug.also_called = {"graal", "golden-ratio"};
  plug.summary =
      "adaptive golden ratio: one evaluation an iteration and no constant, for monotone locally Lipschitz operators";
  plug.formula =
      "lambda_k = min{ (1/phi + 1/phi^2) lambda_{k-1}, phi theta_{k-1} |dz|^2 / (4 lambda_{k-1} |dF|^2), lambda_max };  "
      "zbar^k = ((phi-1) z^k + zbar^{k-1}) / phi;  z^{k+1} = prox(zbar^k - "
      "lambda_k F(z^k));  theta_k = phi lambda_k / lambda_{k-1}";
  plug.reference =
      "Malitsky, Golden ratio algorithms for variational inequalities, Mathematical Programming 2020, Algorithm 1; "
      "without lambda_max: Alacaoglu, Boehm, Malitsky, Beyond the golden ratio for variational inequality algorithms, "
      "JMLR 2023";
  plug.parameters = {
      Parameter::real("phi", "1.5", "weight of the mean zbar; at most the golden ratio", 1, (1 + std::sqrt(5.0)) / 2)
          .open_below(),
      Parameter::positive("first_step", "auto", "lambda_{-1}; auto: from a probe of F near z^0").or_auto(),
      Parameter::positive("largest_step", "inf", "lambda_max; inf: none").or_infinite().formerly(format_real(1e6))};
  plug.best_of = "z^k";
  plug.average_of = "";
  plug.make = construct<GoldenRatio>;
  return plug;
}

}  // namespace vireo::methods
