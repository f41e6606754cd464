#include "exchange/entry_filter.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace vireo {
namespace {

/// All bits of a double but its sign; as integers they are in the order of the magnitudes, NaN above infinity.
constexpr std::uint64_t magnitude_bits = ~std::uint64_t{0} >> 1;

}  // namespace

void EntryFilter::begin(std::span<const random::Offset> places, Index segment) {
  places_ = places;
  wanted_.assign((segment + 63) / 64, 0);
  for (const auto j : places) wanted_[j / 64] |= std::uint64_t{1} << j % 64;
  used_ = 0;
  largest_ = 0;
}

bool EntryFilter::all_finite() const {
  return largest_ < std::bit_cast<std::uint64_t>(std::numeric_limits<double>::infinity());
}

const Entries& EntryFilter::of(const Entries& x) {
  offsets_.resize(std::max(offsets_.size(), x.offsets.size()));
  values_.resize(offsets_.size());
  Index count = 0;
  for (Index i = 0; i < x.offsets.size(); ++i) {
    const auto j = x.offsets[i];
    offsets_[count] = j;
    values_[count] = x.values[i];
    largest_ = std::max(largest_, std::bit_cast<std::uint64_t>(x.values[i]) & magnitude_bits);
    count += wanted_[j / 64] >> j % 64 & 1;
  }
  if (used_ == picked_.size()) picked_.emplace_back();
  Entries& picked = picked_[used_++];
  picked.clear();
  auto place = places_.begin();
  for (Index i = 0; i < count; ++i) {
    place = std::lower_bound(place, places_.end(), offsets_[i]);
    picked.offsets.push_back(static_cast<random::Offset>(place - places_.begin()));
    picked.values.push_back(values_[i]);
  }
  return picked;
}

}  // namespace vireo
