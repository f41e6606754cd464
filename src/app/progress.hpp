#pragma once

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "app/console.hpp"
#include "vireo/solve/criteria.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo::app {

/// Tells people how a run goes: one line that is written over on a terminal, a line every other second elsewhere.
class Progress final : public Observer {
 public:
  /// `console` outlives it
  Progress(const Criteria& criteria, bool terminal, PatientConsole& console);
  ~Progress() override;

  /// it makes do with those that others want
  [[nodiscard]] bool wants_rows() const override { return false; }
  void row(const Row& row) override;
  void iteration(std::int64_t iteration, double known_residual, const Totals& totals) override;
  void noise_floor(std::int64_t iteration, double level) override;
  void finished(const Outcome& outcome) override;

 private:
  using Clock = std::chrono::steady_clock;
  /// How the residual falls: 0 if it does not, or if that can not be told yet
  struct Fall {
    double per_second = 0;     ///< of log residual
    double per_iteration = 0;  ///< likewise
  };
  void begin();
  [[nodiscard]] std::string line(std::int64_t iteration, const Totals& totals) const;
  [[nodiscard]] Fall fall(double now) const;
  [[nodiscard]] double seconds_left(const Fall& fall) const;
  void clear();

  Criteria criteria_;
  bool terminal_;
  PatientConsole& console_;
  bool begun_ = false;
  Clock::time_point start_;  ///< of the iterations
  Clock::time_point next_sample_;
  Clock::time_point next_line_;  ///< of those that are not written over
  double first_residual_ = std::numeric_limits<double>::quiet_NaN();
  double residual_ = std::numeric_limits<double>::quiet_NaN();
  struct Sample {
    double seconds;
    double iteration;
    double log_residual;
  };
  std::vector<Sample> samples_;
  std::size_t shown_ = 0;  ///< columns of the live line
  std::size_t lines_ = 0;  ///< plain lines printed
};

}  // namespace vireo::app
