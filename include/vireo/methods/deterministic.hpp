#pragma once

#include <string>

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// Base class of methods that evaluate F itself: no sampling, no compression. It holds z^k together with
/// F(z^k), which is known between iterations because the next one begins with it. So F(z^k) is the
/// certificate, and the check for the stop costs nothing.
class DeterministicMethod : public Method {
 public:
  /// Sets z^0 and evaluates F(z^0).
  void start(ConstView z0) override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// z^k with F(z^k)
  [[nodiscard]] std::optional<Certificate> certificate() const override { return Certificate{z_, F_z_, k_}; }
  /// One evaluation of F at least, and F(z^k) is known.
  [[nodiscard]] IterationCost cost() const override { return {.evaluations = all_components(), .certified = true}; }
  /// Lists k, z^k and the step, if the method has one: a run goes on with the step that it began with, whatever
  /// the automatic one has become. A checkpoint without the step is of a version that had `set_former`'s.
  void list_state(StateList& state) override;
  /// Evaluates F(z^k) again.
  void restore() override;
  /// The step and its formula, if the method has a step
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 protected:
  /// `name` is the name in the registry, for messages. Throws UsageError if the channel compresses.
  DeterministicMethod(std::string name, const Parameters& parameters, MethodContext context);

  /// Sets gamma_ from the parameter `step`: it is factor / L, or the user's multiple of that, or the user's
  /// number. `formula` is factor / L as a text. Throws UsageError if L is needed and not known.
  void step_over_L(const Parameters& parameters, double factor, std::string formula);
  /// The same for any automatic value in place of factor / L.
  void step_from(const Parameters& parameters, double automatic, std::string formula);
  /// The step that a version would have taken which did not store it, if that was another one than today's.
  void set_former(double gamma) { former_step_ = gamma; }

  std::string name_;    ///< name in the registry
  double gamma_ = 0;    ///< the step
  std::int64_t k_ = 0;  ///< iterations done
  Vector z_;            ///< z^k
  Vector F_z_;          ///< F(z^k)

 private:
  std::string step_text_;   ///< empty: the method has no step
  double former_step_ = 0;  ///< 0: the same as today's
};

}  // namespace vireo
