#include "methods/difference_estimate.hpp"

namespace vireo::methods {

DifferenceEstimate::DifferenceEstimate(Kind kind, const std::string& method, const Parameters& parameters,
                                       const MethodContext& context, const Snapshot& snapshot)
    : context_(context), snapshot_(snapshot) {
  if (kind == Kind::sampled) sampled_.emplace(context_, parameters);
  if (kind == Kind::participating) participation_.emplace(parameters, context_.exchange.layout().workers(), method);
}

std::optional<std::span<const Index>> DifferenceEstimate::senders(std::int64_t k) {
  if (!participation_) return std::nullopt;
  senders_ = participation_->in_round(context_.seed, k);
  return senders_;
}

void DifferenceEstimate::operator()(Index worker, std::int64_t k, ConstView u, View D) {
  if (sampled_) {
    (*sampled_)(worker, k, u, snapshot_.point(), D);
    snapshot_.add_unannounced(worker, D);
    return;
  }
  context_.oracle.mean(worker, u, D);
  snapshot_.subtract(worker, D);
}

std::vector<std::pair<std::string, std::string>> DifferenceEstimate::lines() const {
  if (sampled_) return {{"batch", sampled_->text()}};
  if (participation_) return {{"participants", participation_->text()}};
  return {};
}

}  // namespace vireo::methods
