#pragma once

#include "solve/evaluation.hpp"
#include "vireo/solve/solver.hpp"

namespace vireo::solving {

/// The point that a run would return if it stopped now, and what the method has told of its residual.
class Candidate {
 public:
  Candidate(const Run& run, ReturnPoint which) : run_(run), which_(which) {}

  /// Takes note of the method's state at z^0, which no average contains.
  void start();
  /// Takes note of the method's state after an iteration.
  void update();

  [[nodiscard]] ConstView point() const;
  /// What point() is: z^k where there is no average or no certificate yet, or never is with this method
  [[nodiscard]] ReturnPoint which() const;
  /// True if the method's certificate is new in this iteration
  [[nodiscard]] bool fresh() const { return fresh_; }
  /// True if point() is that of the method's latest certificate
  [[nodiscard]] bool is_of_certificate() const;
  /// The residual of the method's latest certificate
  [[nodiscard]] double latest() const { return latest_; }
  /// The residual at point(), if the method's certificates tell it
  [[nodiscard]] std::optional<double> residual() const;
  /// At z^k, if the certificate is of z^k itself
  [[nodiscard]] std::optional<Evaluation> at_iterate() const;

  /// Everything above that does not follow from the method's state
  void list_state(StateList& state);

 private:
  void take_certificate();

  const Run& run_;
  ReturnPoint which_;
  bool fresh_ = false;
  bool better_ = false;     ///< the latest certificate became the best
  std::int64_t seen_ = -1;  ///< iteration of the latest certificate taken note of
  double latest_ = std::numeric_limits<double>::quiet_NaN();
  double best_ = std::numeric_limits<double>::infinity();
  Vector best_point_;
  Vector average_;
  double averaged_ = 0;
};

}  // namespace vireo::solving
