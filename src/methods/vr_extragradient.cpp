#include <algorithm>
#include <cmath>

#include "methods/component_batch.hpp"
#include "methods/construct.hpp"
#include "methods/parameter_list.hpp"
#include "methods/rates.hpp"
#include "methods/snapshot_method.hpp"
#include "methods/vr_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {
namespace {

/// Variance-reduced extragradient (Alacaoglu, Malitsky, "Stochastic variance reduction for variational inequality
/// methods", COLT 2022, Algorithm 1): with S a batch of b of all n components, and alpha = 1 - p,
///
///     zbar      = alpha z^k + (1-alpha) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     z^{k+1}   = prox_{gamma g}( zbar - gamma [ F(w^k) + F_S(z^{k+1/2}) - F_S(w^k) ] )
///     w^{k+1}   = z^{k+1} with probability p, else w^k.
///
/// F is monotone and E||F_S(u) - F_S(v)||^2 <= L_S^2 ||u-v||^2; single components need not be monotone. Proved for
/// gamma < sqrt(p) / L_S: the iterates converge almost surely, the gap of the averaged z^{k+1/2} is O(1/k), and the
/// rate is linear if F or g is strongly monotone. gamma = auto is 0.99 of that. p = auto = 2b/n, so that the snapshots
/// cost as much as the samples: O(n + sqrt(n) L / eps) evaluations of components to a gap of eps, where extragradient
/// takes O(n L / eps).
///
/// Rate if F is mu-strongly and g mu_g-strongly monotone, D = ||z^0 - z*||: with c = p - (gamma L_S)^2,
///     E||z^k - z*||^2 <= (1 - s)^k (2-p)/(1-p) D^2,
/// s < c being the largest with s (1-p)/(1-s) + s c/(c-s) <= m = gamma (2 mu + mu_g). Proof: the prox steps and z* give
///     E||z^{k+1} - z*||^2 <= (1-p) ||z^k - z*||^2 + p ||w^k - z*||^2 - (1-p) ||z^{k+1/2} - z^k||^2
///         - c ||z^{k+1/2} - w^k||^2 - m ||z^{k+1/2} - z*||^2,
/// hence Phi_k = (1-p) ||z^k - z*||^2 + ||w^k - z*||^2 shrinks in expectation by the last three terms; of m, the part
/// s (1-p)/(1-s) with the first of them is s (1-p) ||z^k - z*||^2 or more, and the rest with the second
/// s ||w^k - z*||^2.
///
/// Per iteration: 2 b evaluations of components and one vector from each worker with a component in S, and with
/// probability p one evaluation of F. F is evaluated in the domain of g only.
class VrExtragradient final : public SnapshotMethod {
 public:
  static constexpr const char* name = "vr-extragradient";

  /// throws UsageError if the channel compresses, and if step=auto needs an L_component that is not known
  VrExtragradient(const Parameters& parameters, MethodContext context);

  void iterate() override;
  /// z^{k+1/2}
  [[nodiscard]] ConstView averaged() const override { return half_; }
  [[nodiscard]] IterationCost cost() const override {
    return {.evaluations = (2 * batch_.cost() + refresh_.probability()) * all_components()};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  void allocate() override { forward_ = half_ = difference_ = z_; }

  ComponentBatch batch_;  ///< S
  Vector forward_, half_, difference_;
};

VrExtragradient::VrExtragradient(const Parameters& parameters, MethodContext context)
    : SnapshotMethod(parameters, std::move(context), "0.99 sqrt(p) / L_S", Snapshot::Keep::nothing),
      batch_(context_, parameters) {
  refuse_compression(context_.channel, name);
  const double p = parameters.has("probability") ? parameters.real("probability") : std::min(1.0, 2 * batch_.cost());
  refresh_ = Refresh(p);
  if (step_.needs_automatic() || context_.constants.L_component)
    step_.set_automatic(0.99 * std::sqrt(p) / sampled_constant(batch_, context_.constants, name));
}

void VrExtragradient::iterate() {
  const double gamma = step_.value();
  const auto& g = context_.regularizer;
  const ConstView w = snapshot_.point();
  const double p = refresh_.probability();

  // zbar - gamma F(w^k),   zbar = (1-p) z^k + p w^k
  kernels::combine(1 - p, z_, p, w, forward_);
  kernels::axpy(-gamma, snapshot_.F(), forward_);

  // z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
  half_ = forward_;
  g.prox(gamma, half_);

  // z^{k+1} = prox_{gamma g}( zbar - gamma [ F(w^k) + F_S(z^{k+1/2}) - F_S(w^k) ] )
  batch_.difference(k_, half_, w, difference_);
  kernels::add_scaled(forward_, -gamma, difference_, z_);
  g.prox(gamma, z_);

  // w^{k+1} = z^{k+1} with probability p
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(z_, k_ + 1);
  ++k_;
}

std::vector<std::pair<std::string, std::string>> VrExtragradient::description() const {
  return sampled_lines(step_, refresh_, batch_);
}

std::vector<Rate> VrExtragradient::rates() const {
  const auto& constants = context_.constants;
  const double p = refresh_.probability();
  if (!certain(constants.L_component) || (constants.L && !certain(constants.L)) || !monotone(constants)) return {};
  const double gamma = step_.value();
  const double t = gamma * sampled_constant(batch_, constants, name);  // gamma L_S
  const double c = p - t * t;
  if (!(c > 0)) return {};

  // the largest s < c with s (1-p)/(1-s) + s c/(c-s) <= m
  const double m = gamma * (2 * constants.mu->value + context_.regularizer.strong_convexity());
  double s = 0;
  double above = c;
  for (int i = 0; i < 100; ++i) {
    const double middle = (s + above) / 2;
    const double needed = middle * (1 - p) / (1 - middle) + middle * c / (c - middle);
    (needed <= m ? s : above) = middle;
  }
  const double constant = p < 1 ? std::sqrt((2 - p) / (1 - p)) : 1.0;
  return linear_rates(constant, std::sqrt(1 - s), p < 1 || batch_.spread() > 0,
                      "|z^k - z*| <= sqrt((2-p)/(1-p)) (1 - s)^{k/2} D in the root mean square, s of the proof in "
                      "vr_extragradient.cpp",
                      context_);
}

}  // namespace

MethodPlugIn vr_extragradient() {
  MethodPlugIn plug;
  plug.name = VrExtragradient::name;
  plug.also_called = {"svrg-extragradient", "vr-eg", "svrg"};
  plug.summary =
      "extragradient on sampled components: sqrt(n) times fewer evaluations to the same gap, for monotone operators "
      "that are sums of many";
  plug.formula =
      "zbar = (1-p) z + p w;  z^{k+1/2} = prox(zbar - gamma F(w));  z^{k+1} = prox(zbar - gamma [F(w) + F_S(z^{k+1/2}) "
      "- F_S(w)]), S: b components;  w = z^{k+1} with probability p";
  plug.reference =
      "Alacaoglu, Malitsky, Stochastic variance reduction for variational inequality methods, COLT 2022, Algorithm 1";
  plug.parameters = joined(
      Parameter::step("step", "auto", "gamma; auto: 0.99 sqrt(p) / L_S, L_S^2 = (1-s) L^2 + s L_component^2, s = 1/b"),
      Parameter::real("probability", "auto", "p, that the snapshot becomes z^{k+1}; auto: 2 b / n", 0, 1)
          .open_below()
          .or_auto(),
      sampling_parameters());
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^{k+1/2}";
  plug.make = construct<VrExtragradient>;
  return plug;
}

}  // namespace vireo::methods
