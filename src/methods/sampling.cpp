#include "vireo/methods/sampling.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "vireo/core/kernels.hpp"

namespace vireo {

Parameter SampledDifference::parameter() {
  return Parameter::integer("batch", "1", "b, components that a worker samples in an iteration; all if it has fewer",
                            1);
}

void SampledDifference::operator()(Index worker, std::int64_t k, ConstView u, ConstView v, View D) {
  const auto& oracle = context_.oracle;
  const Index r = oracle.components_of(worker);
  const random::Key key{context_.seed, random::Purpose::sample, worker, static_cast<std::uint64_t>(k)};
  drawn_.clear();
  random::Subset(key, r, std::min(batch_, r)).append_range(0, r, drawn_);
  components_.assign(drawn_.begin(), drawn_.end());

  at_v_.resize(v.size());
  oracle.batch_mean_pair(worker, components_, u, v, D, at_v_);
  const auto M = static_cast<double>(context_.exchange.layout().workers());
  const double share = M * static_cast<double>(r) / static_cast<double>(oracle.components());
  kernels::combine(share, D, -share, at_v_, D);
}

Index SampledDifference::largest_shard() const {
  Index largest = 0;
  const auto& exchange = context_.exchange;
  for (Index m = exchange.workers().begin; m < exchange.workers().end; ++m)
    largest = std::max(largest, context_.oracle.components_of(m));
  return static_cast<Index>(combine(exchange.communicator(), static_cast<std::int64_t>(largest), Reduction::maximum));
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

}  // namespace vireo
