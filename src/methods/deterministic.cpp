#include "vireo/methods/deterministic.hpp"

#include "methods/step_size.hpp"
#include "methods/theory.hpp"

namespace vireo {

DeterministicMethod::DeterministicMethod(std::string name, const Parameters& parameters, MethodContext context)
    : Method(std::move(context)), name_(std::move(name)) {
  methods::refuse_compression(context_.channel, name_);
  context_.constants = methods::with_given(context_.constants, parameters);
}

void DeterministicMethod::step_over_L(const Parameters& parameters, double factor, std::string formula) {
  const bool needed = parameters.step("step").value == 0;
  const double automatic =
      needed || context_.constants.L ? factor / methods::require_L(context_.constants, name_) : 0.0;
  step_from(parameters, automatic, std::move(formula));
}

void DeterministicMethod::step_from(const Parameters& parameters, double automatic, std::string formula) {
  methods::StepSize step(parameters, std::move(formula));
  step.set_automatic(automatic);
  gamma_ = step.value();
  step_text_ = step.text();
}

void DeterministicMethod::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  F_z_.resize(z_.size());
  evaluate(z_, F_z_);
}

void DeterministicMethod::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  if (step_text_.empty()) return;
  if (state.has_scalar("step"))
    state.scalar("step", gamma_);
  else if (former_step_ > 0)
    gamma_ = former_step_;
}

void DeterministicMethod::restore() {
  F_z_.resize(z_.size());
  evaluate(z_, F_z_);
}

std::vector<std::pair<std::string, std::string>> DeterministicMethod::description() const {
  if (step_text_.empty()) return {};
  return {{"step", step_text_}};
}

}  // namespace vireo
