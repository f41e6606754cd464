#include "solve/candidate.hpp"

namespace vireo {

void Candidate::update() {
  if (const auto certificate = run_.method.certificate(); certificate && certificate->iteration != seen_) {
    seen_ = certificate->iteration;
    latest_ = natural_residual(certificate->point, certificate->F, run_.regularizer);
    if (which_ == ReturnPoint::best && latest_ < best_) {
      best_ = latest_;
      best_point_.assign(certificate->point.begin(), certificate->point.end());
    }
  }
  if (const auto next = run_.method.averaged(); which_ == ReturnPoint::average && !next.empty()) {
    averaged_ += 1;
    average_.resize(next.size());
    for (Index j = 0; j < next.size(); ++j) average_[j] += (next[j] - average_[j]) / averaged_;
  }
}

ConstView Candidate::point() const {
  if (which_ == ReturnPoint::best && !best_point_.empty()) return best_point_;
  if (which_ == ReturnPoint::average && averaged_ > 0) return average_;
  return run_.method.point();
}

std::optional<double> Candidate::residual() const {
  if (which_ == ReturnPoint::best && !best_point_.empty()) return best_;
  if (which_ == ReturnPoint::last) return residual_at_iterate();
  return std::nullopt;
}

std::optional<double> Candidate::residual_at_iterate() const {
  const auto certificate = run_.method.certificate();
  if (certificate && certificate->point.data() == run_.method.point().data()) return latest_;
  return std::nullopt;
}

}  // namespace vireo
