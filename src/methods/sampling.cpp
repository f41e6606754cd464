#include "methods/sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "methods/draw_number.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::methods {

Parameter SampledDifference::parameter() {
  return Parameter::integer("batch", "1", "b, components that a worker samples in an iteration; all if it has fewer",
                            1);
}

void SampledDifference::draw(Index worker, std::int64_t k) {
  const random::Key key{context_.seed, random::Purpose::sample, worker, draw_number(k)};
  if (context_.oracle.drawn_alike(worker)) {
    const Index r = context_.oracle.components_of(worker);
    drawn_.clear();
    random::Subset(key, r, batch_).append_range(0, r, drawn_);
    components_.assign(drawn_.begin(), drawn_.end());
    return;
  }
  random::Stream stream(key);
  components_.resize(batch_);
  for (Index& i : components_) i = context_.oracle.draw(worker, stream);
}

void SampledDifference::operator()(Index worker, std::int64_t k, ConstView u, ConstView v, View D) {
  const auto& oracle = context_.oracle;
  at_v_.resize(v.size());
  if (batch_ >= oracle.components_of(worker)) {
    oracle.mean_pair(worker, u, v, D, at_v_);
    kernels::subtract(D, at_v_, D);
    return;
  }
  draw(worker, k);
  oracle.batch_mean_pair(worker, components_, u, v, D, at_v_);
  const double share = oracle.share_of(worker);
  kernels::combine(share, D, -share, at_v_, D);
}

SampledDifference::Moments SampledDifference::moments() const {
  const auto& oracle = context_.oracle;
  const auto& exchange = context_.exchange;
  const auto b = static_cast<double>(batch_);
  Moments largest{.s = 0, .W = 0};
  for (Index m = exchange.workers().begin; m < exchange.workers().end; ++m) {
    const auto r = static_cast<double>(oracle.components_of(m));
    largest.W = std::max(largest.W, oracle.share_of(m));
    if (b < r) largest.s = std::max(largest.s, oracle.drawn_alike(m) ? (r - b) / (b * (r - 1)) : 1 / b);
  }
  // numbers that are not negative are ordered like their bits
  std::array bits{std::bit_cast<std::int64_t>(largest.s), std::bit_cast<std::int64_t>(largest.W)};
  exchange.communicator().combine(bits, std::array{Reduction::maximum, Reduction::maximum});
  return {.s = std::bit_cast<double>(bits[0]), .W = std::bit_cast<double>(bits[1])};
}

double SampledDifference::cost() const {
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  return std::min(1.0, static_cast<double>(batch_) * M / static_cast<double>(context_.oracle.components()));
}

std::string SampledDifference::text() const {
  return fmt::format(
      "b = {} of {:.4g} components of a worker", batch_,
      static_cast<double>(context_.oracle.components()) / static_cast<double>(context_.exchange.layout().workers()));
}

}  // namespace vireo::methods
