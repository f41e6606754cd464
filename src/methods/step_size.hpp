#pragma once

#include <string>
#include <utility>

#include "vireo/core/state.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// A step as a theorem gives it.
struct StepRule {
  double gamma = 0;     ///< the step
  std::string formula;  ///< where it comes from, with numbers
};

/// The step of a method: a number of the user's, or a multiple (1 as a rule) of the automatic step, which the
/// method computes from its theory.
class StepSize {
 public:
  /// Reads a parameter of kind step. `formula` is that of the automatic step; until set_automatic is called,
  /// its value is 0, which stands for "not known".
  StepSize(const Parameters& parameters, std::string formula, const std::string& name = "step")
      : given_(parameters.step(name)), formula_(std::move(formula)) {}

  /// True if the user gave no number: then value() needs the automatic step, and all that it is made of.
  [[nodiscard]] bool needs_automatic() const { return given_.value == 0; }
  /// Sets the automatic step. `numbers`, if there are any, are put behind the formula: "C = 3".
  void set_automatic(double gamma, const std::string& numbers = {});
  /// Sets the automatic step and its formula.
  void set_automatic(StepRule rule);

  /// The automatic step of version 0.1.0, whose checkpoints do not hold the step
  void set_former(double gamma) { former_ = gamma; }

  /// The step to be made
  [[nodiscard]] double value() const { return resumed_ > 0 ? resumed_ : given_.resolve(automatic_); }
  /// The automatic step, 0 if it is not known
  [[nodiscard]] double automatic() const { return automatic_; }
  /// The name of a step, if the user gave one of those that the method offers
  [[nodiscard]] const std::string& named() const { return given_.rule; }
  /// "0.00123 = 0.54 / L" or, for a step that the user chose, "0.00246 (2 x auto, auto = 0.54 / L)"
  [[nodiscard]] std::string text() const;

  /// Lists the step as a number, so that a run goes on with the one that it began with, whatever the rule has become:
  /// what is loaded is the step from then on.
  void list_state(StateList& state);

 private:
  Step given_;
  double former_ = 0;   ///< 0: the rule has not changed
  double resumed_ = 0;  ///< from a checkpoint; 0: there was none
  double automatic_ = 0;
  std::string formula_;
};

}  // namespace vireo::methods
