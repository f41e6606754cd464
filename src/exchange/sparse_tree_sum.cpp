#include "exchange/sparse_tree_sum.hpp"

#include <algorithm>

namespace vireo::exchanging {

void SparseTreeSum::begin(const Subtree& node, std::span<const Term> terms) {
  node_ = node;
  terms_ = terms;
  cursors_.assign(terms_.size(), 0);
  depth_ = static_cast<Index>(std::bit_width(node.width)) + 1;
  sums_.resize(window * depth_);
  firsts_.resize(window * depth_);
  counts_.assign(window, 0);
}

void SparseTreeSum::add(Index j, Index worker, double value) {
  double* const sums = sums_.data() + j * depth_;
  std::uint32_t* const firsts = firsts_.data() + j * depth_;
  Index n = counts_[j];
  if (n == 0) {
    touched_.push_back(static_cast<random::Offset>(j));
  } else {
    const int level = ancestor_level(firsts[n - 1], worker);
    for (; n >= 2 && ancestor_level(firsts[n - 2], firsts[n - 1]) < level; --n) sums[n - 2] += sums[n - 1];
  }
  sums[n] = value;
  firsts[n] = static_cast<std::uint32_t>(worker);
  counts_[j] = static_cast<std::uint8_t>(n + 1);
}

/// Adds all entries in [first, end).
void SparseTreeSum::meet(random::Offset first, random::Offset end) {
  for (Index i = 0; i < terms_.size(); ++i) {
    const auto& [offsets, values] = terms_[i].entries;
    const Index worker = terms_[i].worker - node_.first;
    std::size_t& cursor = cursors_[i];
    for (; cursor < offsets.size() && offsets[cursor] < end; ++cursor)
      add(offsets[cursor] - first, worker, values[cursor]);
  }
}

void SparseTreeSum::next(random::Offset first, View out) {
  std::ranges::fill(out, 0.0);
  meet(first, first + static_cast<random::Offset>(out.size()));
  for (const auto j : touched_) {
    double* const sums = sums_.data() + j * depth_;
    for (Index n = counts_[j]; n >= 2; --n) sums[n - 2] += sums[n - 1];
    out[j] = sums[0];
    counts_[j] = 0;
  }
  touched_.clear();
}

}  // namespace vireo::exchanging
