#include "app/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "app/text.hpp"

namespace vireo::app {

namespace {
constexpr auto live_interval = std::chrono::milliseconds(100);
constexpr auto plain_interval = std::chrono::seconds(2);
constexpr std::size_t most_samples = 4096;
}  // namespace

Progress::Progress(const Criteria& criteria, bool terminal)
    : criteria_(criteria), terminal_(terminal), start_(Clock::now()) {
  next_ = start_ + (terminal_ ? Clock::duration(live_interval) : Clock::duration(plain_interval));
}

Progress::~Progress() { clear(); }

void Progress::row(const Row& row) {
  if (row.iteration == 0) first_residual_ = row.residual;
  if (!std::isnan(row.residual)) residual_ = row.residual;
}

void Progress::iteration(std::int64_t iteration, double known_residual, const Totals& totals) {
  if (!std::isnan(known_residual)) residual_ = known_residual;
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + (terminal_ ? Clock::duration(live_interval) : Clock::duration(plain_interval));
  if (residual_ > 0) {
    if (samples_.size() == most_samples) samples_.erase(samples_.begin(), samples_.begin() + most_samples / 2);
    samples_.push_back({std::chrono::duration<double>(now - start_).count(), std::log(residual_)});
  }
  const auto text = line(iteration, totals);
  if (terminal_) {
    const std::size_t blanks = shown_ > text.size() ? shown_ - text.size() : 0;
    fmt::print("\r{}{}", text, std::string(blanks, ' '));
    shown_ = text.size();
  } else {
    fmt::print("{}\n", text);
    ++lines_;
  }
  std::fflush(stdout);
}

void Progress::finished(const Outcome& /*outcome*/) {
  clear();
  if (lines_ > 0) fmt::print("\n");  // what follows is another paragraph
}

void Progress::clear() {
  if (shown_ == 0) return;
  fmt::print("\r{}\r", std::string(shown_, ' '));
  std::fflush(stdout);
  shown_ = 0;
}

std::string Progress::line(std::int64_t iteration, const Totals& totals) const {
  const double now = std::chrono::duration<double>(Clock::now() - start_).count();
  std::string out = fmt::format("  {:>8}  iteration {:>10}  residual {:9.3e}  up {:>7}  down {:>7}", human_seconds(now),
                                grouped(iteration), residual_, human_bytes(static_cast<double>(totals.wire_bytes_up)),
                                human_bytes(static_cast<double>(totals.wire_bytes_down)));
  if (const double left = seconds_left(now); std::isfinite(left)) out += "  left " + human_seconds(left);
  return out;
}

double Progress::seconds_left(double now) const {
  constexpr double unknown = std::numeric_limits<double>::infinity();
  double target = criteria_.tolerance;
  if (first_residual_ > 0) target = std::max(target, criteria_.relative_tolerance * first_residual_);
  if (!(target > 0) || samples_.size() < 8) return unknown;
  // The rate of the later half: methods are often quick at first.
  const auto half =
      std::find_if(samples_.begin(), samples_.end(), [&](const Sample& s) { return s.seconds > now / 2; });
  const auto& last = samples_.back();
  if (half == samples_.end() || last.seconds <= half->seconds) return unknown;
  const double slope = (half->log_residual - last.log_residual) / (last.seconds - half->seconds);
  const double missing = last.log_residual - std::log(target);
  return slope > 0 && missing > 0 ? missing / slope : unknown;
}

}  // namespace vireo::app
