#include "exchange/tree_sum.hpp"

namespace vireo::exchanging {

void TreeSum::begin(View total) {
  total_ = total;
  firsts_.clear();
}

void TreeSum::merge_top() {
  const Index n = firsts_.size();
  double* const to = n == 2 ? total_.data() : scratch_[n - 3].data();
  const double* const from = scratch_[n - 2].data();
  for (Index j = 0; j < total_.size(); ++j) to[j] += from[j];
  firsts_.pop_back();
}

View TreeSum::next(Index worker) {
  while (firsts_.size() >= 2 &&
         ancestor_level(firsts_[firsts_.size() - 2], firsts_.back()) < ancestor_level(firsts_.back(), worker))
    merge_top();
  firsts_.push_back(worker);
  if (firsts_.size() == 1) return total_;
  const Index place = firsts_.size() - 2;
  if (scratch_.size() <= place) scratch_.resize(place + 1);
  if (scratch_[place].size() < total_.size()) scratch_[place].resize(total_.size());
  return View(scratch_[place]).first(total_.size());
}

bool TreeSum::end() {
  while (firsts_.size() >= 2) merge_top();
  return !firsts_.empty();
}

}  // namespace vireo::exchanging
