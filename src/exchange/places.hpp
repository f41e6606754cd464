#pragma once

#include <algorithm>
#include <vector>

#include "compressors/apply.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/exchange/layout.hpp"

namespace vireo {

/// Where a vector that was all zeros has been written since, so that clearing it costs what was written.
class Places {
 public:
  void add(Index place) { list_.push_back(place); }
  void add_all() { all_ = true; }

  /// Zeros again.
  void clear(View x) {
    if (all_)
      std::ranges::fill(x, 0.0);
    else
      for (const Index j : list_) x[j] = 0;
    list_.clear();
    all_ = false;
  }

 private:
  std::vector<Index> list_;
  bool all_ = false;
};

/// Writes the entries of a segment into `out`, a vector of all coordinates. With places, entries that are not the whole
/// segment are written alone, and noted, over what are zeros; without, all of the segment is written.
inline void spread(const Entries& entries, const Range& segment, View out, Places* places) {
  const View part = out.subspan(segment.begin, segment.size());
  if (part.empty()) return;
  if (places == nullptr) {
    spread(entries, part);
  } else if (entries.values.size() == part.size()) {
    places->add_all();
    std::ranges::copy(entries.values, part.begin());
  } else {
    for (Index i = 0; i < entries.offsets.size(); ++i) {
      part[entries.offsets[i]] = entries.values[i];
      places->add(segment.begin + entries.offsets[i]);
    }
  }
}

}  // namespace vireo
