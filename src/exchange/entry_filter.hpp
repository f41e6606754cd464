#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "exchange/entries_view.hpp"

namespace vireo {

/// Picks the entries at some places of a segment from sparse vectors of it.
class EntryFilter {
 public:
  /// places: in increasing order, all below `segment`
  void begin(std::span<const random::Offset> places, Index segment);

  /// The entries of x at the places, by their numbers: entry i is at places[i]. Stays until the next `begin`.
  EntriesView of(EntriesView x);

  /// true if all entries that were looked at are finite, picked or not
  [[nodiscard]] bool all_finite() const { return finite_; }

 private:
  std::span<const random::Offset> places_;
  std::vector<std::uint64_t> wanted_;  ///< a bit for each coordinate of the segment
  std::vector<std::uint32_t> common_;  ///< room for the numbers of one vector's entries that are wanted
  std::vector<Entries> picked_;        ///< of the vectors so far; moving them, as it grows, leaves their views valid
  Index used_ = 0;                     ///< how many vectors
  bool finite_ = true;
};

}  // namespace vireo
