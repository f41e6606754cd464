#include "solve/candidate.hpp"

#include <cmath>

namespace vireo::solving {

void Candidate::take_certificate() {
  const auto certificate = run_.method.certificate();
  fresh_ = certificate && certificate->iteration != seen_;
  if (fresh_) {
    seen_ = certificate->iteration;
    latest_ = natural_residual(certificate->point, certificate->F, run_.regularizer);
    better_ = which_ == ReturnPoint::best && latest_ < best_;
    if (better_) {
      best_ = latest_;
      best_point_.assign(certificate->point.begin(), certificate->point.end());
    }
  }
}

void Candidate::start() { take_certificate(); }

void Candidate::update() {
  take_certificate();
  if (const auto next = run_.method.averaged(); which_ == ReturnPoint::average && !next.empty()) {
    averaged_ += 1;
    average_.resize(next.size());
    for (Index j = 0; j < next.size(); ++j) average_[j] += (next[j] - average_[j]) / averaged_;
  }
}

void Candidate::list_state(StateList& state) {
  state.scalar("certificate_seen", seen_);
  state.scalar("certificate_residual", latest_);
  if (which_ == ReturnPoint::best) {
    state.scalar("best_residual", best_);
    if (!std::isinf(best_)) state.global("best_point", best_point_);
  }
  if (which_ == ReturnPoint::average) {
    state.scalar("averaged", averaged_);
    if (averaged_ > 0) state.global("average", average_);
  }
}

ReturnPoint Candidate::which() const {
  if (which_ == ReturnPoint::best && best_point_.empty()) return ReturnPoint::last;
  if (which_ == ReturnPoint::average && averaged_ == 0) return ReturnPoint::last;
  return which_;
}

ConstView Candidate::point() const {
  switch (which()) {
    case ReturnPoint::best:
      return best_point_;
    case ReturnPoint::average:
      return average_;
    case ReturnPoint::last:
      break;
  }
  return run_.method.point();
}

std::optional<double> Candidate::residual() const {
  switch (which()) {
    case ReturnPoint::best:
      return best_;
    case ReturnPoint::last:
      if (const auto known = at_iterate()) return known->residual;
      break;
    case ReturnPoint::average:
      break;
  }
  return std::nullopt;
}

bool Candidate::is_of_certificate() const {
  switch (which()) {
    case ReturnPoint::best:
      return fresh_ && better_;
    case ReturnPoint::last:
      return at_iterate().has_value();
    case ReturnPoint::average:
      break;
  }
  return false;
}

std::optional<Evaluation> Candidate::at_iterate() const {
  const auto certificate = run_.method.certificate();
  if (certificate && certificate->point.data() == run_.method.point().data())
    return Evaluation{.residual = latest_, .F = certificate->F};
  return std::nullopt;
}

}  // namespace vireo::solving
