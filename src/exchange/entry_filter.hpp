#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "vireo/compressors/compressor.hpp"

namespace vireo {

/// Picks the entries at some places of a segment from sparse vectors of it.
class EntryFilter {
 public:
  /// places: in increasing order, all below `segment`
  void begin(std::span<const random::Offset> places, Index segment);

  /// The entries of x at the places, by their numbers: entry i is at places[i]. Stays until the next `begin`.
  const Entries& of(const Entries& x);

  /// true if all entries that were looked at are finite, picked or not
  [[nodiscard]] bool all_finite() const;

 private:
  std::span<const random::Offset> places_;
  std::vector<std::uint64_t> wanted_;    ///< a bit for each coordinate of the segment
  std::vector<random::Offset> offsets_;  ///< room for the entries of one vector
  std::vector<double> values_;           ///< likewise
  std::deque<Entries> picked_;           ///< of the vectors so far; a deque, since they are referred to
  Index used_ = 0;                       ///< how many vectors
  std::uint64_t largest_ = 0;            ///< magnitude, by its bits
};

}  // namespace vireo
