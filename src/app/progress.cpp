#include "app/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/text.hpp"

namespace vireo::app {

namespace {
constexpr auto sample_interval = std::chrono::milliseconds(100);  // of which each is a line on a terminal
constexpr auto plain_interval = std::chrono::seconds(2);
constexpr std::size_t most_samples = 4096;
/// Seconds; a residual that hardly falls promises nothing.
constexpr double longest_forecast = 100 * 24 * 3600.0;
}  // namespace

Progress::Progress(const Criteria& criteria, bool terminal, PatientConsole& console)
    : criteria_(criteria), terminal_(terminal), console_(console) {}

Progress::~Progress() { clear(); }

void Progress::begin() {
  begun_ = true;
  start_ = Clock::now();
  next_sample_ = start_ + sample_interval;
  next_line_ = start_ + plain_interval;
}

void Progress::row(const Row& row) {
  if (row.iteration == 0) first_residual_ = row.residual;
  if (!std::isnan(row.residual)) residual_ = row.residual;
}

void Progress::iteration(std::int64_t iteration, double known_residual, const Totals& totals) {
  if (!begun_) begin();
  if (!std::isnan(known_residual)) residual_ = known_residual;
  const auto now = Clock::now();
  if (now < next_sample_) return;
  next_sample_ = now + sample_interval;
  if (residual_ > 0) {
    if (samples_.size() == most_samples) samples_.erase(samples_.begin(), samples_.begin() + most_samples / 2);
    samples_.push_back(
        {std::chrono::duration<double>(now - start_).count(), static_cast<double>(iteration), std::log(residual_)});
  }
  if (!terminal_) {
    if (now < next_line_) return;
    next_line_ = now + plain_interval;
  }
  const auto text = line(iteration, totals);
  if (terminal_) {
    const std::size_t blanks = shown_ > text.size() ? shown_ - text.size() : 0;
    console_.print("\r" + text + std::string(blanks, ' '));
    shown_ = text.size();
  } else {
    console_.print(text + "\n");
    ++lines_;
  }
}

void Progress::noise_floor(std::int64_t iteration, double level) {
  clear();
  console_.print(fmt::format(
      "  warning: the residual has come down to {} and falls no more (iteration {}): this is the noise floor of the "
      "method's messages or samples; a smaller step lowers it, and masha1 or diana-sgda have none\n",
      short_real(level), grouped(iteration)));
  ++lines_;
}

void Progress::finished(const Outcome& /*outcome*/) {
  clear();
  if (lines_ > 0) console_.print("\n");  // what follows is another paragraph
}

void Progress::clear() {
  if (shown_ == 0) return;
  console_.print("\r" + std::string(shown_, ' ') + "\r");
  shown_ = 0;
}

std::string Progress::line(std::int64_t iteration, const Totals& totals) const {
  const double now = std::chrono::duration<double>(Clock::now() - start_).count();
  const auto falls = fall(now);
  std::string out =
      fmt::format("  {:>8}  iteration {:>9}  residual {:9.3e}", human_seconds(now), grouped(iteration), residual_);
  const auto bytes = [](std::int64_t count) { return human_bytes(static_cast<double>(count)); };
  const auto left = seconds_left(falls);
  std::array<std::string, 4> parts;
  if (falls.per_iteration > 0) parts[0] = fmt::format("  x {:.6f}/it", std::exp(-falls.per_iteration));
  parts[1] = fmt::format("  {:>11} calls", grouped(totals.oracle_calls));
  parts[2] = fmt::format("  up {:>7}  down {:>7}", bytes(totals.wire_bytes_up), bytes(totals.wire_bytes_down));
  if (left < longest_forecast) parts[3] = "  left " + human_seconds(left);
  // A line that is longer than the terminal is wide could not be written over.
  const std::size_t room = terminal_ ? terminal_width() - 1 : std::string::npos;
  std::size_t used = out.size();
  for (const std::size_t most_important : {3U, 2U, 0U, 1U}) {
    auto& part = parts[most_important];
    if (used + part.size() > room) part.clear();
    used += part.size();
  }
  for (const auto& part : parts) out += part;
  return out.substr(0, room);
}

Progress::Fall Progress::fall(double now) const {
  if (samples_.size() < 8) return {};
  // The rate of the later half: methods are often quick at first.
  const auto half =
      std::find_if(samples_.begin(), samples_.end(), [&](const Sample& s) { return s.seconds > now / 2; });
  const auto& last = samples_.back();
  if (half == samples_.end() || last.seconds <= half->seconds) return {};
  const double fallen = half->log_residual - last.log_residual;
  if (!(fallen > 0)) return {};
  return {.per_second = fallen / (last.seconds - half->seconds),
          .per_iteration = fallen / (last.iteration - half->iteration)};
}

/// To the tolerance, at the rate that was seen; infinite if that says nothing.
double Progress::seconds_left(const Fall& fall) const {
  constexpr double unknown = std::numeric_limits<double>::infinity();
  double target = criteria_.tolerance;
  if (first_residual_ > 0) target = std::max(target, criteria_.relative_tolerance * first_residual_);
  if (!(target > 0) || !(fall.per_second > 0)) return unknown;
  const double missing = samples_.back().log_residual - std::log(target);
  return missing > 0 ? missing / fall.per_second : unknown;
}

}  // namespace vireo::app
