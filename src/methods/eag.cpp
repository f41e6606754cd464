#include <cmath>

#include "core/scaled_norm.hpp"
#include "methods/construct.hpp"
#include "methods/rates.hpp"
#include "methods/theory.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/deterministic.hpp"

namespace vireo::methods {
namespace {

/// Extra anchored gradient (Yoon, Ryu, "Accelerated algorithms for smooth convex-concave minimax problems with O(1/k^2)
/// rate on squared gradient norm", ICML 2021): extragradient pulled towards its starting point,
///
///     zbar      = z^0 / (k+2) + (k+1)/(k+2) z^k
///     z^{k+1/2} = prox_{alpha_k g}( zbar - alpha_k F(z^k) )
///     z^{k+1}   = prox_{alpha_k g}( zbar - alpha_k F(z^{k+1/2}) )
///
/// For monotone, L-Lipschitz F, without g, at the last iterate, D = ||z^0 - z*||:
///     variant C: alpha_k = alpha = 1/(8L):                                     ||F(z^k)||^2 <= 260 L^2 D^2 / (k+1)^2
///     variant V: alpha_0 = 0.618/L (any below 3/(4L)), alpha_{k+1} =
///                alpha_k / (1 - alpha_k^2 L^2) (1 - (k+2)^2 alpha_k^2 L^2 / ((k+1)(k+3))):
///                                                                              ||F(z^k)||^2 <= 27 L^2 D^2 / (k+1)^2
/// With g, C has the residual O(1/k) (Cai, Oikonomou, Zheng, "Accelerated algorithms for monotone inclusions and
/// constrained nonconvex-nonconcave min-max optimization", 2022); V is not covered. Per iteration: 2 evaluations of F.
class ExtraAnchoredGradient final : public DeterministicMethod {
 public:
  /// C: constant step; V: decreasing ones.
  enum class Variant : std::uint8_t { C, V };

  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known; for variant V also if
  /// there is a g, or if the first step is not below 3/(4L)
  ExtraAnchoredGradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Variant variant_;
  double L_ = 0;      ///< of variant V
  double alpha_ = 0;  ///< alpha_k
  Vector z0_;
  Vector zbar_, half_, F_half_;
};

ExtraAnchoredGradient::ExtraAnchoredGradient(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("eag", parameters, std::move(context)),
      variant_(parameters.text("variant") == "V" ? Variant::V : Variant::C) {
  if (variant_ == Variant::C) {
    step_over_L(parameters, 1.0 / 8, "1 / (8 L)");
  } else {
    L_ = require_L(context_.constants, name_);
    step_over_L(parameters, 0.618, "0.618 / L, then decreasing");
    if (!context_.allow_unproven) {
      if (gamma_ * L_ >= 0.75)
        throw UsageError("method eag", "variant=V needs a first step below 3 / (4 L) = " + format_real(0.75 / L_) +
                                           ", not " + format_real(gamma_));
      if (!context_.regularizer.zero())
        throw UsageError("method eag",
                         "variant=V is proven without a regularizer or constraint only; variant=C or feg "
                         "are with one, --allow-unproven goes on all the same");
    }
  }
  alpha_ = gamma_;
}

void ExtraAnchoredGradient::start(ConstView z0) {
  DeterministicMethod::start(z0);
  z0_ = zbar_ = half_ = F_half_ = z_;
}

void ExtraAnchoredGradient::iterate() {
  const auto& g = context_.regularizer;
  const auto k = static_cast<double>(k_);

  // zbar = z^0 / (k+2) + (k+1)/(k+2) z^k
  kernels::combine(1 / (k + 2), z0_, (k + 1) / (k + 2), z_, zbar_);

  // z^{k+1/2} = prox_{alpha_k g}( zbar - alpha_k F(z^k) )
  kernels::add_scaled(zbar_, -alpha_, F_z_, half_);
  g.prox(alpha_, half_);

  // z^{k+1} = prox_{alpha_k g}( zbar - alpha_k F(z^{k+1/2}) )
  evaluate(half_, F_half_);
  kernels::add_scaled(zbar_, -alpha_, F_half_, z_);
  g.prox(alpha_, z_);

  // V: alpha_{k+1} = alpha_k / (1 - alpha_k^2 L^2) (1 - (k+2)^2 alpha_k^2 L^2 / ((k+1)(k+3)))
  if (variant_ == Variant::V) {
    const double plain = alpha_ * alpha_;
    const double square = kernels::safe_square(plain) ? plain * L_ * L_ : (alpha_ * L_) * (alpha_ * L_);
    alpha_ = alpha_ / (1 - square) * (1 - (k + 2) * (k + 2) / ((k + 1) * (k + 3)) * square);
  }

  evaluate(z_, F_z_);
  ++k_;
}

void ExtraAnchoredGradient::list_state(StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("z0", z0_);
  if (variant_ == Variant::V) state.scalar("alpha", alpha_);
}

void ExtraAnchoredGradient::restore() {
  DeterministicMethod::restore();
  zbar_ = half_ = F_half_ = z_;
}

std::vector<Rate> ExtraAnchoredGradient::rates() const {
  const auto& constants = context_.constants;
  if (!certain(constants.L) || !monotone(constants) || !context_.regularizer.zero()) return {};
  const double t = gamma_ * constants.L->value;
  if (variant_ == Variant::C && t <= (1 + step_slack) / 8)
    return {{.quantity = "residual",
             .constant = std::sqrt(260.0) / (8 * gamma_),
             .power = 1,
             .theorem = "sqrt(260) D / (8 alpha (k+1)) at the last iterate (Yoon, Ryu, ICML 2021, Theorem 1)"}};
  if (variant_ == Variant::V && std::abs(t - 0.618) <= step_slack)
    return {{.quantity = "residual",
             .constant = std::sqrt(27.0) * constants.L->value,
             .power = 1,
             .theorem = "sqrt(27) L D / (k+1) at the last iterate (Yoon, Ryu, ICML 2021, Theorem 2)"}};
  return {};
}

}  // namespace

MethodPlugIn eag() {
  MethodPlugIn plug;
  plug.name = "eag";
  plug.also_called = {"anchored-extragradient"};
  plug.summary = "anchored extragradient: residual O(1/k) at the last iterate, for monotone Lipschitz operators";
  plug.formula =
      "zbar = z^0/(k+2) + (k+1)/(k+2) z^k;  z^{k+1/2} = prox(zbar - alpha_k F(z^k));  z^{k+1} = prox(zbar - alpha_k "
      "F(z^{k+1/2}))";
  plug.reference =
      "Yoon, Ryu, Accelerated algorithms for smooth convex-concave minimax problems with O(1/k^2) rate on squared "
      "gradient norm, ICML 2021; with g: Cai, Oikonomou, Zheng, arXiv 2206.05248";
  plug.parameters = {
      Parameter::choice("variant", "C", "C: constant step; V: decreasing steps, larger and without g", {"C", "V"}),
      Parameter::step("step", "auto", "alpha_0; auto: 1 / (8 L) for C, 0.618 / L for V"), L_parameter()};
  plug.best_of = "z^k";
  plug.average_of = "";
  plug.make = construct<ExtraAnchoredGradient>;
  return plug;
}

}  // namespace vireo::methods
