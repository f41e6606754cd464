#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "vireo/core/subset.hpp"

namespace vireo::random {

/// Uniformly random subsets of few elements of small ranges, by rejection: uniform coordinates are marked in words of
/// 64 bits, which finds those drawn twice and sorts, until as many as asked for are marked.
///
/// Most of a subset's time goes here, to marking and to listing: hence few branches that depend on what is drawn.
class MarkedLeaf {
 public:
  /// Longer leaves waste more where a range cuts them, shorter ones leave more to be split.
  static constexpr Index most_coordinates = Index{1} << 16;
  static constexpr Index most_elements = 256;

  /// A node of the dyadic partition, with a substream of its own
  struct Node {
    std::uint64_t number;
    Index width;  ///< a power of two
    Index size;   ///< its coordinates are 0, ..., size - 1, size <= width
  };

  explicit MarkedLeaf(const Key& key) : key_(key) {}

  /// Writes base + j for each of `count` elements j of the node, in increasing order. There must be room for one more.
  /// count <= most_elements, node.width <= most_coordinates.
  void draw(const Node& node, Index count, Offset base, Offset* to);

 private:
  using Block = std::array<std::uint64_t, 4>;
  static constexpr Index per_word = 4;
  static constexpr Index per_block = 4 * per_word;

  void take_room(Index width);
  template <bool sparse>
  void mark(const Node& node, Index count);
  void flip(Index size);
  void find_used();
  void take_marks(Offset base, Offset* to);

  Key key_;
  std::array<std::uint64_t, most_coordinates / 64> room_;
  std::array<std::uint64_t, most_coordinates / 64 / 64> room_for_used_;
  Index cleared_groups_ = 0;        ///< of 64 words each, which have no marks between draws; the rest of the room may
  std::span<std::uint64_t> words_;  ///< a bit for each coordinate, in whole groups of 64 words
  std::span<std::uint64_t> used_;   ///< a bit for each word: whether it has marks
};

}  // namespace vireo::random
