#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "app/configuration.hpp"
#include "app/resume_point.hpp"
#include "storage/checkpoint_writer.hpp"
#include "vireo/solve/supervisor.hpp"

namespace vireo::app {

using Clock = std::chrono::steady_clock;

/// The program's supervisor of a run: checkpoints when they are due and at the end, resumption from one, signals, and
/// leaving in time.
class Checkpointing final : public Supervisor {
 public:
  /// path: where links lead from the configuration's own. from: the checkpoint to begin with, or none. started: when
  /// the program did, for --max-seconds. stop: asked once an iteration, on all ranks
  Checkpointing(Exchange& exchange, const Configuration& configuration, std::string path, checkpoint::Header header,
                const std::optional<ResumePoint>& from, Clock::time_point started, std::function<bool()> stop);

  bool load(RunState& state) override;
  bool stop_requested() override;
  bool out_of_time() override;
  bool save_due(std::int64_t iteration) override;
  bool save(RunState& state) override;

  /// On rank 0, for people; empty if no checkpoints are written.
  [[nodiscard]] std::string summary() const;

 private:
  [[nodiscard]] double seconds_since(Clock::time_point time) const;

  Exchange& exchange_;
  const Configuration& configuration_;
  std::string path_;
  checkpoint::Header header_;
  std::string resumed_from_;  ///< a path; empty: the run begins
  std::int64_t resumed_iteration_ = 0;
  Clock::time_point started_;
  std::function<bool()> stop_;

  std::optional<Clock::time_point> last_asked_;
  double longest_iteration_ = 0;
  Clock::time_point last_saved_;
  std::int64_t saved_iteration_ = -1;
  std::int64_t count_ = 0;
  double last_seconds_ = 0;  ///< that writing took
  double all_seconds_ = 0;
  bool replaced_ = false;  ///< what is at the path is of this run
};

}  // namespace vireo::app
