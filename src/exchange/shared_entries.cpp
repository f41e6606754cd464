#include "exchange/shared_entries.hpp"

#include <algorithm>

namespace vireo::exchanging {

void SharedEntries::draw(const Compressor& compressor, const Message& message, const Space& whole) {
  offsets_.clear();
  places_.clear();
  space_.segments.clear();
  space_.dimension = 0;
  for (const auto& segment : whole.segments) {
    compressor.support(message, segment, offsets_);
    const Range entries{space_.dimension, offsets_.size()};
    for (Index i = entries.begin; i < entries.end; ++i) places_.push_back(segment.begin + offsets_[i]);
    space_.segments.push_back(entries);
    space_.dimension = entries.end;
  }
}

void SharedEntries::spread(ConstView all, Index rank, View segment) const {
  std::ranges::fill(segment, 0.0);
  const Range& own = space_.segments[rank];
  for (Index i = own.begin; i < own.end; ++i) segment[offsets_[i]] = all[i];
}

}  // namespace vireo::exchanging
