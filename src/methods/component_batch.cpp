#include "methods/component_batch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "methods/draw_number.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/subset.hpp"

namespace vireo::methods {
namespace {

/// Whether every worker's components are drawn alike, on all ranks. Collective
bool drawn_alike(const MethodContext& context) {
  const Range mine = context.exchange.workers();
  std::int64_t alike = 1;
  for (Index m = mine.begin; m < mine.end; ++m)
    if (!context.oracle.drawn_alike(m)) alike = 0;
  return combine(context.exchange.communicator(), alike, Reduction::minimum) == 1;
}

}  // namespace

Parameter ComponentBatch::parameter() {
  return Parameter::integer("batch", "1", "b, components that are sampled in a step, of all n; all if it has fewer", 1);
}

ComponentBatch::ComponentBatch(const MethodContext& context, Index size)
    : context_(context), size_(std::min(size, context.oracle.components())), alike_(drawn_alike(context)) {}

double ComponentBatch::cost() const {
  return static_cast<double>(size_) / static_cast<double>(context_.oracle.components());
}

double ComponentBatch::spread() const {
  const auto n = static_cast<double>(context_.oracle.components());
  const auto b = static_cast<double>(size_);
  if (!alike_) return 1 / b;
  return b < n ? (n - b) / (b * (n - 1)) : 0.0;
}

void ComponentBatch::draw(std::int64_t k) {
  const random::Key key{.seed = context_.seed, .purpose = random::Purpose::sample, .iteration = draw_number(k)};
  const Index n = context_.oracle.components();
  if (alike_ && size_ > 1) {
    std::vector<random::Offset> offsets;
    const random::Subset subset(key, n, size_);
    drawn_.clear();
    for (Index begin = 0; begin < n; begin += random::longest_segment) {
      offsets.clear();
      subset.append_range(begin, std::min(n, begin + random::longest_segment), offsets);
      for (const random::Offset offset : offsets) drawn_.push_back(begin + offset);
    }
    return;
  }
  random::Stream stream(key);
  drawn_.resize(size_);
  for (Index& i : drawn_) i = context_.oracle.draw_component(stream);
  std::ranges::sort(drawn_);
}

/// From numbers among all components to the workers that hold them, and the numbers there
void ComponentBatch::find_senders() {
  const Index n = context_.oracle.components();
  const Index M = context_.exchange.layout().workers();
  senders_.clear();
  end_.clear();
  for (std::size_t place = 0; place < drawn_.size();) {
    const Index m = part_with(n, M, drawn_[place]);
    const Range held = part_of(n, M, m);
    for (; place < drawn_.size() && drawn_[place] < held.end; ++place) drawn_[place] -= held.begin;
    senders_.push_back(m);
    end_.push_back(place);
  }
}

std::span<const Index> ComponentBatch::of_sender(Index worker) const {
  const auto sender = static_cast<std::size_t>(std::ranges::lower_bound(senders_, worker) - senders_.begin());
  const std::size_t begin = sender > 0 ? end_[sender - 1] : 0;
  return std::span(drawn_).subspan(begin, end_[sender] - begin);
}

void ComponentBatch::difference(std::int64_t k, ConstView u, ConstView v, View D) {
  draw(k);
  find_senders();
  at_v_.resize(v.size());
  context_.exchange.mean(
      Round{.channel = Channel{}, .senders = senders_, .divisor = static_cast<double>(size_)},
      [&](Index m, View x) {
        // sum over the worker's part of S of ( F_i(u) - F_i(v) ) / (n p_i)
        const auto mine = of_sender(m);
        context_.oracle.batch_mean_pair(m, mine, u, v, x, at_v_);
        const auto count = static_cast<double>(mine.size());
        kernels::combine(count, x, -count, at_v_, x);
      },
      D);
}

std::string ComponentBatch::text() const {
  return fmt::format("b = {} of {} components{}", size_, context_.oracle.components(),
                     alike_ ? "" : ", by the problem's law");
}

}  // namespace vireo::methods
