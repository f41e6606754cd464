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
  if (used_ == picked_.size()) picked_.emplace_back();
  auto& [numbers, values] = picked_[used_++];
  numbers.resize(x.offsets.size());
  values.resize(x.offsets.size());
  Index picked = 0;
  for (Index i = 0; i < x.offsets.size(); ++i) {
    const auto j = x.offsets[i];
    numbers[picked] = j;
    values[picked] = x.values[i];
    largest_ = std::max(largest_, std::bit_cast<std::uint64_t>(x.values[i]) & magnitude_bits);
    picked += wanted_[j / 64] >> j % 64 & 1;
  }
  numbers.resize(picked);
  values.resize(picked);
  auto place = places_.begin();
  for (auto& number : numbers) {
    place = std::lower_bound(place, places_.end(), number);
    number = static_cast<random::Offset>(place - places_.begin());
  }
  return picked_[used_ - 1];
}

}  // namespace vireo
