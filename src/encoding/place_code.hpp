#pragma once

#include <span>
#include <vector>

#include "vireo/core/subset.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::encoding {

/// Elias and Fano's code of increasing places in a range: the gaps between the upper parts in unary, then the lower
/// parts as they are. Its size depends on the number of places and the range alone.
class PlaceCode {
 public:
  /// for messages of k of d places: chooses how many bits the lower parts have
  PlaceCode(Index k, Index dimension);

  /// bits of `count` places below `range`
  [[nodiscard]] std::size_t bits(std::size_t count, Index range) const;
  void encode(std::span<const random::Offset> places, Index range, std::vector<std::byte>& out) const;
  /// Returns how many bytes it has read.
  std::size_t decode(std::span<const std::byte> in, std::size_t count, Index range,
                     std::vector<random::Offset>& places) const;

 private:
  unsigned lower_bits_;
};

}  // namespace vireo::encoding
