#include "exchange/tree_adder.hpp"

#include <algorithm>
#include <bit>

namespace vireo::exchanging {

TreeAdder::TreeAdder(Index workers, const std::vector<Branch>& branches) : workers_(workers) {
  for (const auto& branch : branches) arrivals_.push_back({.tree = branch.tree});
}

void TreeAdder::begin(Index segment, Compressor::Support support, double divisor) {
  segment_ = segment;
  support_ = support;
  divisor_ = divisor;
  for (auto& arrival : arrivals_) {
    arrival.travel = Travel::absent;
    arrival.messages.clear();
  }
}

void TreeAdder::take_sum(Index branch, double* sum) {
  arrivals_[branch].travel = Travel::summed;
  arrivals_[branch].sum = sum;
}

void TreeAdder::take_message(Index branch, Index worker, EntriesView entries) {
  arrivals_[branch].travel = Travel::relayed;
  arrivals_[branch].messages.push_back({worker, entries});
}

/// Window by window, so that everything stays in cache: the branches' sums, their sum along the tree, the mean.
void TreeAdder::mean(View out, Verdict& verdict) {
  find_present();
  for (Index first = 0; first < out.size(); first += SparseTreeSum::window) {
    const Index size = std::min(SparseTreeSum::window, out.size() - first);
    for (Index n = 0; n < present_.size(); ++n) {
      auto& arrival = *present_[n];
      at_[n] = arrival.travel == Travel::summed ? arrival.sum + first : arrival.window.data();
      if (arrival.travel == Travel::relayed) sum_window(arrival, first, View(arrival.window).first(size));
    }
    for (const auto& merge : merges_) {
      double* const to = at_[merge.to];
      const double* const from = at_[merge.from];
      for (Index j = 0; j < size; ++j) to[j] += from[j];
    }
    divide(at_[0], out.subspan(first, size), verdict);
  }
}

void TreeAdder::find_present() {
  present_.clear();
  trees_.clear();
  for (auto& arrival : arrivals_) {
    if (arrival.travel == Travel::absent) continue;
    present_.push_back(&arrival);
    trees_.push_back(arrival.tree);
    if (arrival.travel != Travel::relayed) continue;
    arrival.window.resize(SparseTreeSum::window);
    if (support_ != Compressor::Support::all) arrival.sparse_sum.begin(arrival.tree, arrival.messages);
  }
  at_.resize(present_.size());
  merges_ = merge_order(trees_);
}

/// The sum of a branch's messages in the window that starts at `first`
void TreeAdder::sum_window(Arrival& arrival, Index first, View out) {
  if (support_ != Compressor::Support::all) {
    arrival.sparse_sum.next(static_cast<random::Offset>(first), out);
    return;
  }
  arrival.dense_sum.begin(out);
  for (const auto& [worker, entries] : arrival.messages)
    std::ranges::copy(entries.values.subspan(first, out.size()), arrival.dense_sum.next(worker).begin());
  arrival.dense_sum.end();
}

/// out = the mean of a sum
void TreeAdder::divide(const double* sum, View out, Verdict& verdict) const {
  const double divisor = divisor_;
  // + 0.0: coordinates that nobody sent and sums of zeros have one sign, however they were added
  for (Index j = 0; j < out.size(); ++j) out[j] = sum[j] / divisor + 0.0;
  verdict.look_at(out);
}

void TreeAdder::mean_at(std::span<const random::Offset> places, View out, Verdict& verdict) {
  if (entries_alone()) {
    mean_of_entries(places, out, verdict);
    return;
  }
  whole_.resize(segment_);
  mean(whole_, verdict);
  for (Index i = 0; i < places.size(); ++i) out[i] = whole_[places[i]];
}

bool TreeAdder::entries_alone() const {
  return support_ != Compressor::Support::all &&
         std::ranges::none_of(arrivals_, [](const Arrival& arrival) { return arrival.travel == Travel::summed; });
}

/// The entries at the places are added along the tree over all workers at once.
void TreeAdder::mean_of_entries(std::span<const random::Offset> places, View out, Verdict& verdict) {
  filter_.begin(places, segment_);
  wanted_.clear();
  for (const auto& arrival : arrivals_)
    for (const auto& [worker, entries] : arrival.messages) wanted_.push_back({worker, filter_.of(entries, verdict)});
  entry_sum_.begin({0, workers_, std::bit_ceil(workers_)}, wanted_);
  for (Index first = 0; first < places.size(); first += SparseTreeSum::window) {
    const View window = out.subspan(first, std::min(SparseTreeSum::window, places.size() - first));
    entry_sum_.next(static_cast<random::Offset>(first), window);
    divide(window.data(), window, verdict);
  }
}

}  // namespace vireo::exchanging
