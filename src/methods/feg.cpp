#include <limits>

#include "methods/construct.hpp"
#include "methods/rates.hpp"
#include "methods/theory.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/methods/deterministic.hpp"

namespace vireo::methods {
namespace {

/// Fast extragradient (Lee, Kim, "Fast extra gradient methods for smooth structured nonconvex-nonconcave minimax
/// problems", NeurIPS 2021), with g as in composite FEG (Cai, Oikonomou, Zheng, "Accelerated algorithms for constrained
/// nonconvex-nonconcave min-max optimization and comonotone inclusion", ICML 2024): with beta = 1/(k+1),
///
///     zbar      = beta z^0 + (1-beta) z^k
///     z^{k+1/2} = zbar - (1-beta) (gamma + 2 rho) H^k,                               H^k = F(z^k) + c^k
///     z^{k+1}   = prox_{gamma g}( zbar - gamma F(z^{k+1/2}) - (1-beta) 2 rho H^k )
///     c^{k+1}   = ( the argument of the prox - z^{k+1} ) / gamma   in dg(z^{k+1}),    c^0 = 0.
///
/// F is L-Lipschitz and F + dg rho-comonotone, <u-v, x-y> >= rho ||u-v||^2 for u, v in its values at x, y; rho = 0 is
/// monotone, and any rho > -1/(2L) will do. With gamma = auto = 1/L and D = ||z^0 - z*||, at the last iterate,
///
///     ||H^k||^2 <= 4 D^2 / ( (1/L + 2 rho)^2 k^2 ):
///
/// a rate that no first-order method can better. (The proof for g = 0 uses F(z^{k+1/2}) through ||F(z^{k+1/2}) -
/// F(z^{k+1})|| <= L ||z^{k+1/2} - z^{k+1}|| alone; adding c^{k+1} to both keeps it.)
/// z^{k+1/2} may lie outside the domain of g: F must be defined and L-Lipschitz there. Per iteration: 2 evaluations of
/// F and 1 prox.
class FastExtragradient final : public DeterministicMethod {
 public:
  /// throws UsageError if the channel compresses, or if step=auto needs an L that is not known, or known in the domain
  /// of g only; and if rho <= -gamma/2
  FastExtragradient(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  void allocate();

  double rho_;
  Vector z0_;
  Vector c_;  ///< c^k, empty if g = 0
  Vector zbar_, H_, half_, F_half_;
};

FastExtragradient::FastExtragradient(const Parameters& parameters, MethodContext context)
    : DeterministicMethod("feg", parameters, std::move(context)), rho_(parameters.real("rho")) {
  step_over_L(parameters, 1, "1 / L");
  if (context_.constants.in_domain_only && parameters.step("step").value == 0 && !context_.allow_unproven)
    throw UsageError(
        "method feg",
        "it evaluates F outside the domain of g too, and L is known inside only: extragradient and eag stay "
        "inside, L=... gives a constant that holds everywhere, --allow-unproven goes on all the same");
  if (!(gamma_ + 2 * rho_ > 0) && !context_.allow_unproven)
    throw UsageError("method feg", "rho=" + format_real(rho_) + " is not above -step/2 = " + format_real(-gamma_ / 2) +
                                       " (with step=auto: -1 / (2 L)); --allow-unproven goes on all the same");
}

void FastExtragradient::allocate() { zbar_ = H_ = half_ = F_half_ = z_; }

void FastExtragradient::start(ConstView z0) {
  DeterministicMethod::start(z0);
  z0_ = z_;
  if (!context_.regularizer.zero()) c_.assign(z_.size(), 0.0);
  allocate();
}

void FastExtragradient::iterate() {
  const auto& g = context_.regularizer;
  const double beta = 1 / (static_cast<double>(k_) + 1);

  // zbar = beta z^0 + (1-beta) z^k
  kernels::combine(beta, z0_, 1 - beta, z_, zbar_);

  // z^{k+1/2} = zbar - (1-beta) (gamma + 2 rho) H^k,   H^k = F(z^k) + c^k
  H_ = F_z_;
  if (!g.zero()) kernels::axpy(1.0, c_, H_);
  kernels::add_scaled(zbar_, -(1 - beta) * (gamma_ + 2 * rho_), H_, half_);

  // z^{k+1} = prox_{gamma g}( zbar - gamma F(z^{k+1/2}) - (1-beta) 2 rho H^k )
  evaluate(half_, F_half_);
  kernels::add_scaled(zbar_, -gamma_, F_half_, z_);
  if (rho_ != 0) kernels::axpy(-(1 - beta) * 2 * rho_, H_, z_);

  // c^{k+1} = ( the argument - z^{k+1} ) / gamma
  if (!g.zero()) {
    c_ = z_;
    g.prox(gamma_, z_);
    kernels::combine(1 / gamma_, c_, -1 / gamma_, z_, c_);
  }

  evaluate(z_, F_z_);
  ++k_;
}

void FastExtragradient::list_state(StateList& state) {
  DeterministicMethod::list_state(state);
  state.global("z0", z0_);
  if (!context_.regularizer.zero()) state.global("c", c_);
}

void FastExtragradient::restore() {
  DeterministicMethod::restore();
  allocate();
}

std::vector<std::pair<std::string, std::string>> FastExtragradient::description() const {
  auto lines = DeterministicMethod::description();
  if (rho_ != 0) lines.emplace_back("rho", format_real(rho_));
  return lines;
}

std::vector<Rate> FastExtragradient::rates() const {
  const auto& constants = context_.constants;
  const double width = gamma_ + 2 * rho_;
  if (!certain(constants.L) || constants.in_domain_only || !(gamma_ * constants.L->value <= 1 + step_slack) ||
      !(width > 0))
    return {};
  if (rho_ == 0 && !monotone(constants)) return {};  // another rho is what the user says of F
  return {{.quantity = "residual",
           .constant = 2 / width,
           .power = 1,
           .shift = 0,
           .theorem = "2 D / ((gamma + 2 rho) k) at the last iterate (Lee, Kim, NeurIPS 2021)"}};
}

}  // namespace

MethodPlugIn feg() {
  MethodPlugIn plug;
  plug.name = "feg";
  plug.also_called = {"fast-extragradient"};
  plug.summary =
      "fast extragradient: the best residual bound at the last iterate, 2 L |z^0 - z*| / k, for monotone and comonotone "
      "Lipschitz operators";
  plug.formula =
      "zbar = z^0/(k+1) + k/(k+1) z^k;  z^{k+1/2} = zbar - k/(k+1) (gamma + 2 rho) H^k;  z^{k+1} = prox(zbar - gamma "
      "F(z^{k+1/2}) - k/(k+1) 2 rho H^k);  H^k in F(z^k) + dg(z^k)";
  plug.reference =
      "Lee, Kim, Fast extra gradient methods for smooth structured nonconvex-nonconcave minimax problems, NeurIPS 2021; "
      "with g: Cai, Oikonomou, Zheng, ICML 2024";
  constexpr double inf = std::numeric_limits<double>::infinity();
  plug.parameters = {Parameter::step("step", "auto", "gamma; auto: 1 / L"),
                     Parameter::real("rho", "0", "F + dg is rho-comonotone; 0: monotone; above -1 / (2 L)", -inf, inf),
                     L_parameter()};
  plug.best_of = "z^k";
  plug.average_of = "";
  plug.make = construct<FastExtragradient>;
  return plug;
}

}  // namespace vireo::methods
