#pragma once

#include <string>

#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// What the methods have in common that work with F itself, neither sampled nor compressed: a point z^k whose F(z^k)
/// is known between iterations, because the next one begins with it. So F(z^k) is the certificate, and the stop costs
/// nothing.
class DeterministicMethod : public Method {
 public:
  /// Sets z^0 and evaluates F(z^0).
  void start(ConstView z0) override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// F(z^k)
  [[nodiscard]] std::optional<Certificate> certificate() const override { return Certificate{z_, F_z_, k_}; }
  /// k and z^k
  void list_state(StateList& state) override;
  /// F(z^k)
  void restore() override;
  /// the step, if there is one
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;

 protected:
  /// name: as in the registry, for messages. throws UsageError if the channel compresses
  DeterministicMethod(std::string name, const Parameters& parameters, MethodContext context);

  /// The parameter `step`: gamma = factor / L, the user's value, or the user's multiple of the former. formula: factor
  /// / L as a text. throws UsageError if L is needed and not known
  void step_over_L(const Parameters& parameters, double factor, std::string formula);
  /// The same for any automatic value.
  void step_from(const Parameters& parameters, double automatic, std::string formula);

  std::string name_;    ///< as in the registry
  double gamma_ = 0;    ///< the step
  std::int64_t k_ = 0;  ///< iterations done
  Vector z_;            ///< z^k
  Vector F_z_;          ///< F(z^k)

 private:
  Step step_;
  double automatic_ = 0;
  std::string formula_;
};

}  // namespace vireo
