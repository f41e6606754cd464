#include "methods/error_feedback_extragradient.hpp"

#include "methods/draw_number.hpp"
#include "methods/rates.hpp"
#include "methods/varying_step.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {

Parameter ErrorFeedbackExtragradient::step_parameter() {
  return Parameter::step(
             "step", "adaptive",
             "gamma; auto: the theorem's, which is far below what works; adaptive: grows from there, and is "
             "taken back where the residual does")
      .or_named({"adaptive"})
      .formerly("auto");
}

void ErrorFeedbackExtragradient::take(const Masha2Theory& theory, double former) {
  theory_ = theory;
  step_.set_automatic(theory.step());
  step_.set_former(former);
  if (step_.named().empty()) return;
  adaptive_.emplace(step_.automatic(), why_unproved().empty() ? step_.automatic() : 0);
}

std::string ErrorFeedbackExtragradient::why_unproved() const {
  if (!with_feedback_) return "what was not sent is forgotten";
  if (refresh_.to_next()) return "w becomes z^{k+1}";
  if (theory_ && !theory_->proves(step_.automatic() / (1 + step_slack))) return "no tau is left";
  return doubt(context_);  // that g is not 0 needs --allow-unproven
}

ErrorFeedbackExtragradient::ErrorFeedbackExtragradient(const std::string& method, const Parameters& parameters,
                                                       MethodContext context, DifferenceEstimate::Kind kind,
                                                       bool with_feedback)
    : SnapshotMethod(parameters, std::move(context), "the theorem's", DifferenceEstimate::needs(kind)),
      estimate_(kind, method, parameters, context_, snapshot_),
      with_feedback_(with_feedback) {
  if (with_feedback_) memory_ = context_.exchange.no_feedback();
}

void ErrorFeedbackExtragradient::start(ConstView z0) {
  if (with_feedback_) memory_ = context_.exchange.no_feedback();
  SnapshotMethod::start(z0);
  if (!adaptive_) return;
  adaptive_->start(z_, residual());
}

/// at the snapshot
double ErrorFeedbackExtragradient::residual() const {
  return natural_residual(snapshot_.point(), snapshot_.F(), context_.regularizer);
}

void ErrorFeedbackExtragradient::iterate() {
  const auto& g = context_.regularizer;  // zero, where the method is proved
  const double gamma = value_of(adaptive_, step_);
  const auto M = static_cast<double>(context_.exchange.layout().workers());

  // z^{k+1/2} = tau z^k + (1-tau) w^k - gamma F(w^k)
  kernels::combine(refresh_.tau(), z_, refresh_.probability(), snapshot_.point(), forward_);
  kernels::axpy(-gamma, snapshot_.F(), forward_);
  half_ = forward_;
  g.prox(gamma, half_);

  // c_m = C_m^dev( gamma D_m + e_m ) in S, else 0;   G = C^serv( (1/M) sum_m c_m + e )
  const Mean G = context_.exchange.mean({.channel = context_.channel,
                                         .iteration = draw_number(k_),
                                         .senders = estimate_.senders(k_),
                                         .divisor = M,
                                         .feedback = with_feedback_ ? &memory_ : nullptr},
                                        [&](Index m, View x) {
                                          estimate_(m, k_, half_, x);
                                          kernels::scale(gamma, x);
                                        });

  // z^{k+1} = z^{k+1/2} - G
  kernels::subtract(forward_, G, next_);
  g.prox(gamma, next_);

  // w^{k+1} = z^k or z^{k+1} with probability 1-tau; then all workers announce their F_m(w^{k+1})
  const bool refreshed = refresh_.happens(context_.seed, k_);
  if (refreshed) snapshot_.move(refresh_.to_next() ? next_ : z_, k_ + 1);
  z_.swap(next_);
  ++k_;
  if (refreshed && adaptive_) after_refresh();
}

void ErrorFeedbackExtragradient::after_refresh() {
  if (!adaptive_->goes_back(snapshot_.point(), residual())) return;
  z_ = adaptive_->best();
  snapshot_.move(z_, k_);
  if (with_feedback_) memory_ = context_.exchange.no_feedback();
}

std::vector<Measure> ErrorFeedbackExtragradient::measures() const { return step_measure(adaptive_); }

void ErrorFeedbackExtragradient::list_state(StateList& state) {
  SnapshotMethod::list_state(state);
  refresh_.list_state(state);
  list_step(state, adaptive_, step_);
  if (!with_feedback_) return;
  state.per_worker("e_m", memory_.workers);
  state.by_segment("e", memory_.server);
}

std::vector<std::pair<std::string, std::string>> ErrorFeedbackExtragradient::description() const {
  std::vector<std::pair<std::string, std::string>> lines{{"step", step_.text()}, {"refresh", refresh_.text()}};
  if (adaptive_) lines.front().second += SafeguardedStep::text(why_unproved());
  for (const auto& line : estimate_.lines()) lines.push_back(line);
  return lines;
}

std::vector<Rate> ErrorFeedbackExtragradient::rates() const {
  if (!with_feedback_ || !theory_) return {};
  return masha2_rates(*theory_, step_, refresh_, context_);
}

}  // namespace vireo::methods
