#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "exchange/entries_view.hpp"
#include "exchange/verdict.hpp"

namespace vireo::exchanging {

/// Picks the entries at some places of a segment from sparse vectors of it.
///
/// The places of one use are given to `begin`. What `of` returns stays until the next `begin`.
class EntryFilter {
 public:
  /// places: in increasing order, all below `segment`; they are not copied
  void begin(std::span<const random::Offset> places, Index segment);

  /// The entries of x at the places, by their numbers: offset i stands for places[i]. The verdict is on all of x's
  /// entries, picked or not.
  EntriesView of(EntriesView x, Verdict& verdict);

 private:
  std::span<const random::Offset> places_;
  std::vector<std::uint64_t> wanted_;  ///< a bit for each coordinate of the segment
  std::vector<std::uint32_t> common_;  ///< room for the numbers of one vector's entries that are wanted
  std::vector<Entries> picked_;        ///< of the vectors so far; moving them, as it grows, leaves their views valid
  Index used_ = 0;                     ///< how many vectors
};

}  // namespace vireo::exchanging
