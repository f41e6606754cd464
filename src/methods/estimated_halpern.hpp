#pragma once

#include <limits>
#include <optional>
#include <string>

#include "methods/step_size.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// What a Halpern iteration with an estimate of F is run with.
struct EstimatedHalpernSettings {
  StepSize step;           ///< eta, until the safeguard halves it
  double certified = 0;    ///< the largest eta that is proved; 0: none is
  double probability = 1;  ///< p, the least of a refresh
  Index anchor = 2;        ///< a
  bool restart = false;    ///< start anew where a refresh finds the residual halved
  bool safeguard = false;  ///< go back where a refresh finds a residual of 10 times the least
};

/// Halpern iteration with the anchor outside of the step, on an estimate of F that is corrected from point to point and
/// replaced by F itself at refreshes: what vr-halpern and compressed-halpern have in common. With j counted from the
/// last restart,
///
///     u_{j+1} = prox_{eta g}( lambda_j u_0 + (1 - lambda_j) u_j - eta F~_j ),        lambda_j = a / (j + 2a)
///     F~_j    = F(u_j) with probability p_j = max( 4/(j+4), p ), p_0 = p_1 = 1,
///               F~_{j-1} + an unbiased estimate of F(u_j) - F(u_{j-1}) else.
///
/// With a = 2, without g and with a step that cert_eta proves, (eta/4) (k+2) (k+3)^2 ||F(u_k)||^2 + (k+2) (k+3)
/// <F(u_k), u_k - u_0> and an error term do not grow in expectation, from 9/2 eta ||F(u_0)||^2 at k = 0. Since the
/// inner product is at least -D ||F(u_k)|| and ||F(u_0)|| <= L D, in the root mean square
///
///     ||F(u_k)|| <= 4 D / (eta (k+3)) + sqrt(18) L D / ( sqrt(k+2) (k+3) ) <= (4/eta + 3 L) D / (k+3).
///
/// a = 2 is what is proved; a = 1, Halpern's own anchor, is faster as a rule. A refresh gives the residual for nothing:
///
///     r = ||F(u_j) + g_j||,     g_j = ( the argument of the last prox - u_j ) / eta   in dg(u_j),
///
/// on which rest the run's stop (through the certificate), the restart (where r <= r at the last restart / 2, u_j
/// becomes u_0) and the safeguard: where r > 10 times the least r so far, the iteration goes back to that point, starts
/// anew there, and halves eta. At z^0, where there is a g, no g_0 is at hand: the next refresh is the first that
/// counts.
class EstimatedHalpern : public Method {
 public:
  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// z^k, where it was refreshed
  [[nodiscard]] std::optional<Certificate> certificate() const override;
  [[nodiscard]] IterationCost cost() const override;
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

  /// eta, as it is now
  [[nodiscard]] double step() const { return eta_; }
  /// the parameters `probability`, `anchor` and `restart`; what is automatic, in words
  [[nodiscard]] static std::vector<Parameter> parameters(const std::string& automatic_probability,
                                                         const std::string& automatic_anchor);

 protected:
  /// What `set` takes.
  using Settings = EstimatedHalpernSettings;

  /// without settings: the constructor of the method gives them by `set`
  explicit EstimatedHalpern(MethodContext context) : Method(std::move(context)) {}
  /// to be called once, by the constructor of the method
  void set(Settings settings);

  /// What `difference` evaluates, relative to F
  [[nodiscard]] virtual double share_of_difference() const = 0;
  /// F~ = F(u), of all workers
  virtual void refresh(ConstView u, View estimate) = 0;
  /// D = an estimate of F(u) - F(v), where v is the point before u; k: of the iteration, for the draws
  virtual void difference(std::int64_t k, ConstView u, ConstView v, View D) = 0;
  /// after loading: what the method keeps besides
  virtual void restore_at(ConstView /*u*/) {}

 private:
  void allocate();
  void move();
  void correct_estimate();
  void after_refresh();
  void go_back();

  std::optional<Settings> settings_;
  double eta_ = 0;

  std::int64_t k_ = 0;
  std::int64_t j_ = 0;                                      ///< iterations since the last restart
  std::int64_t refreshed_ = 0;                              ///< k after which F~ was last F itself
  double first_ = std::numeric_limits<double>::infinity();  ///< r at the last restart; infinite: not known
  double least_ = std::numeric_limits<double>::infinity();  ///< smallest r so far
  Vector anchor_;                                           ///< u_0
  Vector z_;                                                ///< u_j
  Vector estimate_;                                         ///< F~_j
  Vector best_;                                             ///< where r was least_; with the safeguard alone
  Vector previous_, difference_, g_;
};

}  // namespace vireo::methods
