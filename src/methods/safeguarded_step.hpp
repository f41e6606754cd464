#pragma once

#include <cstdint>
#include <string>

#include "vireo/core/state.hpp"

namespace vireo::methods {

/// The step of methods that are proved for steps below those that work, far below with error feedback: it grows, and
/// what went wrong is taken back. At a refresh all ranks know F(w), and with it the natural residual r of the snapshot,
/// which does not depend on the step, for nothing:
///
///     r > 4 min r:   back to the snapshot of the least residual, memories emptied; the step is cut to 0.7 of it, and
///                    grows no more
///     else:          the step grows by a twentieth, or a tenth where the proved step is not far below, up to the last
///                    cut, if there was one
///
/// It is cut in the same way where min r has not fallen by a hundredth in max(1000, half of all) refreshes, and never
/// below the floor. A cut that ends at the floor is the last one: from there on the run does not go back any more.
///
/// Convergence. The floor is the theorem's step, where that is proved with constants that are certain. If a cut ends
/// at the floor, the run is from then on one of the theorem's, which begins with empty memories (or with the iterates
/// before it equal to it) at a snapshot, w = z, and nothing interferes with it. Otherwise there are finitely many cuts,
/// as each takes three tenths of a step that never grows beyond the one before; after the last of them min r falls by a
/// hundredth again and again, because else there would be another: min r tends to 0. How fast is not said: a rate is
/// the theorem's, for its own step.
/// Where a constant is estimated there is no floor, and nothing is proved.
class SafeguardedStep {
 public:
  /// first: the step at the start; floor: the step does not fall below it; 0: there is none; growth: at a refresh
  SafeguardedStep(double first, double floor, double growth = 1.05) : growth_(growth), floor_(floor), gamma_(first) {}

  /// What a refresh has shown
  enum class Verdict : std::uint8_t {
    best,      ///< the least residual so far
    goes_on,   ///< it is not
    goes_back  ///< to the snapshot of the least residual
  };

  /// gamma of the next iteration
  [[nodiscard]] double value() const { return gamma_; }
  /// r at w^0
  void start(double residual) { least_ = reference_ = residual; }
  /// r at a new snapshot
  [[nodiscard]] Verdict heed(double residual);
  /// The same of w^0 and of a new snapshot, the best of which is kept: true if the run goes back to it
  void start(ConstView snapshot, double residual);
  [[nodiscard]] bool goes_back(ConstView snapshot, double residual);
  [[nodiscard]] const Vector& best() const { return best_; }
  /// "; adaptive: ...", for the heading. doubt: why nothing is proved, "L is estimated"; empty: it is
  [[nodiscard]] static std::string text(const std::string& doubt);

  /// gamma, what it may grow to, the residuals and numbers of refreshes that it depends on, and the best snapshot
  void list_state(StateList& state);

 private:
  [[nodiscard]] bool at_floor() const { return ceiling_ > 0 && ceiling_ <= floor_; }

  double growth_;
  double floor_;
  double gamma_;
  double ceiling_ = 0;  ///< 0: there was no cut
  double least_ = 0;
  double reference_ = 0;  ///< min r when it last fell by a hundredth
  std::int64_t refreshes_ = 0;
  std::int64_t without_ = 0;  ///< refreshes since then
  Vector best_;               ///< the snapshot of the least residual
};

}  // namespace vireo::methods
