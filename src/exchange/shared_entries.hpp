#pragma once

#include <span>
#include <vector>

#include "exchange/space.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::exchanging {

/// The entries of R^d that all workers send, where the draws of their compressor are shared.
///
/// Vectors of these entries are added like vectors of R^d: they have a space of their own, in which each rank has the
/// entries that lie in its segment of R^d.
class SharedEntries {
 public:
  /// Draws the entries of a message. whole: R^d
  void draw(const Compressor& compressor, const Message& message, const Space& whole);

  /// the space of vectors of these entries
  [[nodiscard]] const Space& space() const { return space_; }
  /// the coordinates that they are, in increasing order
  [[nodiscard]] std::span<const Index> places() const { return places_; }
  /// Writes a rank's entries over its segment of R^d, zero elsewhere. all: one number for each entry of all ranks
  void spread(ConstView all, Index rank, View segment) const;

 private:
  Space space_;
  std::vector<random::Offset> offsets_;  ///< in the segments, those of all segments one after the other
  std::vector<Index> places_;
};

}  // namespace vireo::exchanging
