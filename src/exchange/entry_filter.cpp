#include "exchange/entry_filter.hpp"

#include <algorithm>

namespace vireo::exchanging {

void EntryFilter::begin(std::span<const random::Offset> places, Index segment) {
  places_ = places;
  wanted_.assign((segment + 63) / 64, 0);
  for (const auto j : places) wanted_[j / 64] |= std::uint64_t{1} << j % 64;
  used_ = 0;
}

EntriesView EntryFilter::of(EntriesView x, Verdict& verdict) {
  verdict.look_at(x.values);
  common_.resize(std::max(common_.size(), x.offsets.size()));
  Index count = 0;
  for (Index i = 0; i < x.offsets.size(); ++i) {
    const auto j = x.offsets[i];
    common_[count] = static_cast<std::uint32_t>(i);
    count += wanted_[j / 64] >> j % 64 & 1;
  }
  if (used_ == picked_.size()) picked_.emplace_back();
  Entries& picked = picked_[used_++];
  picked.clear();
  auto place = places_.begin();
  for (const auto i : std::span(common_).first(count)) {
    place = std::lower_bound(place, places_.end(), x.offsets[i]);
    picked.offsets.push_back(static_cast<random::Offset>(place - places_.begin()));
    picked.values.push_back(x.values[i]);
  }
  return view_of(picked);
}

}  // namespace vireo::exchanging
