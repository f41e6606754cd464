#include <algorithm>
#include <cmath>

#include "methods/component_batch.hpp"
#include "methods/construct.hpp"
#include "methods/parameter_list.hpp"
#include "methods/snapshot_method.hpp"
#include "methods/vr_theory.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {
namespace {

/// Forward-reflected-backward splitting with variance reduction (Alacaoglu, Malitsky, "Stochastic variance reduction
/// for variational inequality methods", COLT 2022): with S a batch of b of all n components, and alpha = 1 - p,
///
///     zbar    = alpha z^k + (1-alpha) w^k
///     z^{k+1} = prox_{gamma g}( zbar - gamma [ F(w^k) + F_S(z^k) - F_S(w^{k-1}) ] ),      w^{-1} = w^0 = z^0
///     w^{k+1} = z^{k+1} with probability p, else w^k.
///
/// F is monotone and E||F_S(u) - F_S(v)||^2 <= L_S^2 ||u-v||^2. Proved for gamma < sqrt(p (1-p)) / L_S, with the
/// guarantees of vr-extragradient; gamma = auto is 0.99 of that. One prox an iteration instead of two. p = auto = b/n,
/// at most 1/2; it is less than 1, since the theory's step vanishes there.
///
/// Per iteration: 2 b evaluations of components and one vector from each worker with a component in S, and with
/// probability p one evaluation of F. F is evaluated in the domain of g only.
class VrForb final : public SnapshotMethod {
 public:
  static constexpr const char* name = "vr-forb";

  /// throws UsageError if the channel compresses, and if step=auto needs an L_component that is not known
  VrForb(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView averaged() const override { return z_; }
  void list_state(StateList& state) override;
  [[nodiscard]] IterationCost cost() const override {
    return {.evaluations = (2 * batch_.cost() + refresh_.probability()) * all_components()};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  void allocate() override { next_ = difference_ = z_; }

  ComponentBatch batch_;  ///< S
  Vector w_previous_;     ///< w^{k-1}
  Vector next_, difference_;
};

VrForb::VrForb(const Parameters& parameters, MethodContext context)
    : SnapshotMethod(parameters, std::move(context), "0.99 sqrt(p (1-p)) / L_S", Snapshot::Keep::nothing),
      batch_(context_, parameters) {
  refuse_compression(context_.channel, name);
  const double p = parameters.has("probability") ? parameters.real("probability") : std::min(0.5, batch_.cost());
  refresh_ = Refresh(p);
  if (step_.needs_automatic() || context_.constants.L_component)
    step_.set_automatic(0.99 * std::sqrt(p * (1 - p)) / sampled_constant(batch_, context_.constants, name));
}

void VrForb::start(ConstView z0) {
  w_previous_.assign(z0.begin(), z0.end());
  SnapshotMethod::start(z0);
}

void VrForb::iterate() {
  const double gamma = step_.value();
  const ConstView w = snapshot_.point();
  const double p = refresh_.probability();

  // z^{k+1} = prox_{gamma g}( zbar - gamma [ F(w^k) + F_S(z^k) - F_S(w^{k-1}) ] ),   zbar = (1-p) z^k + p w^k
  batch_.difference(k_, z_, w_previous_, difference_);
  kernels::combine(1 - p, z_, p, w, next_);
  kernels::axpy(-gamma, snapshot_.F(), next_);
  kernels::axpy(-gamma, difference_, next_);
  context_.regularizer.prox(gamma, next_);
  z_.swap(next_);

  // w^{k+1} = z^{k+1} with probability p
  std::ranges::copy(w, w_previous_.begin());
  if (refresh_.happens(context_.seed, k_)) snapshot_.move(z_, k_ + 1);
  ++k_;
}

void VrForb::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  state.global("w_previous", w_previous_);
  snapshot_.list_state(state);
}

std::vector<std::pair<std::string, std::string>> VrForb::description() const {
  return sampled_lines(step_, refresh_, batch_);
}

}  // namespace

MethodPlugIn vr_forb() {
  MethodPlugIn plug;
  plug.name = VrForb::name;
  plug.also_called = {"vr-frb"};
  plug.summary = "forward-reflected-backward on sampled components: as vr-extragradient, with one prox an iteration";
  plug.formula =
      "z^{k+1} = prox((1-p) z + p w - gamma [F(w) + F_S(z) - F_S(w_previous)]), S: b components;  w = z^{k+1} with "
      "probability p";
  plug.reference = "Alacaoglu, Malitsky, Stochastic variance reduction for variational inequality methods, COLT 2022";
  plug.parameters = joined(
      Parameter::step("step", "auto",
                      "gamma; auto: 0.99 sqrt(p (1-p)) / L_S, L_S^2 = (1-s) L^2 + s L_component^2, s = 1/b"),
      Parameter::real("probability", "auto", "p, that the snapshot becomes z^{k+1}; auto: b / n, at most 1/2", 0, 1)
          .open()
          .or_auto(),
      sampling_parameters());
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^k";
  plug.make = construct<VrForb>;
  return plug;
}

}  // namespace vireo::methods
