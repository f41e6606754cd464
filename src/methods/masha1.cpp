#include <algorithm>
#include <cmath>

#include "methods/construct.hpp"
#include "methods/former_steps.hpp"
#include "methods/masha1_theory.hpp"
#include "methods/parameter_list.hpp"
#include "methods/snapshot_extragradient.hpp"
#include "vireo/core/error.hpp"

namespace vireo::methods {
namespace {

/// MASHA1 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, "Distributed methods with compressed communication for
/// solving variational inequalities, with theoretical guarantees", NeurIPS 2022, Algorithm 1): extragradient around a
/// snapshot w whose F_m(w) and F(w) are known, so that only differences that vanish at the solution are compressed.
///
///     zbar      = tau z^k + (1 - tau) w^k
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma F(w^k) )
///     G         = Q^serv( (1/M) sum_m Q_m^dev( F_m(z^{k+1/2}) - F_m(w^k) ) )
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (F(w^k) + G) )
///     w^{k+1}   = z^k (or z^{k+1}, `refresh=next`) with probability 1 - tau, else w^k
///
/// For unbiased compressors with E||Q(x)||^2 <= q||x||^2 whose draws are independent over the workers the estimate has
///     C_q^2 = q_serv ( L^2 + (q_dev - 1) L_ms^2 / M )         (randk-shared: q_serv q_dev L^2; permk: q_serv L_ms^2)
/// with L_ms of Constants. Steps below sqrt(1 - tau) / C_q are proved, for any g and mu; rate and proof are in
/// masha1_theory.hpp, what `step=adaptive` does and keeps of it in adaptive_step.hpp.
/// Per iteration: 1 evaluation of F and one compressed exchange, and with probability 1 - tau one more of each,
/// uncompressed.
///
/// `snapshot=[SPEC]` announces F_m(w) and F(w) through a compressor of their own (see Snapshot): v and h_m stand for
/// F(w) and F_m(w), the server adds e, and
///
///     z^{k+1/2} = prox_{gamma g}( zbar - gamma v )
///     G         = Q^serv( (1/M) sum_m Q_m^dev( F_m(z^{k+1/2}) - h_m ) + e ),      E(v + G) = F(z^{k+1/2})
///     z^{k+1}   = prox_{gamma g}( zbar - gamma (v + G) )
///
/// What that costs the step is in masha1_theory.hpp too. With F(w) not known to anybody, the run checks its residual
/// at its own expense.
class Masha1 final : public SnapshotExtragradient {
 public:
  /// throws UsageError for biased compressors, for a snapshot compressor that leaves all it is given, and if step=auto
  /// needs an L that is not known
  Masha1(const Parameters& parameters, const MethodContext& context);

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 private:
  std::string announced_by_;  ///< spec of the snapshot's compressor
};

/// null: announced exactly
CompressorPointer announcer(const Parameters& parameters, const MethodContext& context) {
  const auto& spec = parameters.text("snapshot");
  if (spec == "none") return nullptr;
  auto compressor = context.make_compressor(spec);
  return compressor->identity() ? nullptr : compressor;
}

/// eps of the compressor that announces snapshots
double announcing_error(const CompressorTheory& theory, bool allow_unproven) {
  const double eps = relative_error(theory);
  if (eps < 1) return eps;
  if (allow_unproven) return 0;
  throw UsageError("method masha1",
                   "snapshot: a compressor that leaves less than it is given is needed, contractive or unbiased "
                   "with q < 2, such as rounding; --allow-unproven runs it all the same");
}

Masha1::Masha1(const Parameters& parameters, const MethodContext& context)
    : SnapshotExtragradient("masha1", parameters, context, DifferenceEstimate::Kind::full,
                            announcer(parameters, context)),
      announced_by_(parameters.text("snapshot")) {
  const auto channel = require_unbiased_channel(context_, "masha1");
  const auto announced = theory_of(announcer(parameters, context_), context_.exchange);
  const double eps = announcing_error(announced, context_.allow_unproven);

  // 1 - tau = 1/beta balances the refreshes with the compressed messages
  refresh_ = Refresh(parameters, std::min(0.5, compressed_share(channel) / std::min(1.0, announced.density)));

  if (!step_.needs_automatic() && !context_.constants.L) return;
  const auto& constants = context_.constants;
  const double L = require_L(constants, "masha1");
  const double L_ms = L_ms_or_more(constants);
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  const double root = std::sqrt(channel.down.q);
  const double p = refresh_.probability();
  Masha1Theory theory{.C = root * mean_constant(channel.up, L, L_ms, M),
                      .probability = p,
                      .to_next = refresh_.to_next(),
                      .mu = known_mu(constants),
                      .strong_convexity = context_.regularizer.strong_convexity()};
  double former_C = root * mean_constant(channel.up, L, L_tilde_or_L(constants), M);
  if (eps > 0) {
    theory.B = announcement_constant(channel, L_ms, M, announced, eps);
    theory.rho = std::sqrt(eps);
    former_C = version_0_1_0::inexact_snapshot_constant(former_C, channel, L_tilde_or_L(constants), M, eps, p,
                                                        refresh_.to_next());
  }
  take(theory, version_0_1_0::masha1_step(former_C, p, L, total_mu(constants, context_.regularizer),
                                          context_.regularizer, eps));
}

std::vector<std::pair<std::string, std::string>> Masha1::description() const {
  auto lines = SnapshotExtragradient::description();
  if (snapshot_.unsent() != nullptr) lines.emplace_back("snapshot", "announced by " + announced_by_);
  return lines;
}

}  // namespace

MethodPlugIn masha1() {
  MethodPlugIn plug;
  plug.name = "masha1";
  plug.summary = "extragradient with unbiased compression both ways, without a noise floor";
  plug.formula =
      "G = Q( mean_m Q_m( F_m(z^{k+1/2}) - F_m(w) ) );  z^{k+1} = prox( tau z^k + (1-tau) w - gamma (F(w) + G) )";
  plug.reference =
      "Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 1; sharp constant C_q: "
      "independent compressors' variances add";
  plug.parameters = joined(
      SnapshotExtragradient::step_parameter(),
      Refresh::parameters("min(1/2, 1/beta), 1/beta the compressed share",
                          "what the snapshot becomes: z^k (the paper) or z^{k+1} (faster as a rule)", "next"),
      Parameter::spec("snapshot", "none",
                      "compressor, such as [rounding:bits=16], by which F_m(w) and F(w) are announced both ways"),
      constant_parameters());
  plug.usual_uplink = "natural";
  plug.default_return = "best";
  plug.best_of = "the snapshots w^k";
  plug.average_of = "z^{k+1/2}";
  plug.certifies = [](const Parameters& parameters) { return parameters.text("snapshot") == "none"; };
  plug.make = construct<Masha1>;
  return plug;
}

}  // namespace vireo::methods
