#include "core/marked_leaf.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace vireo::random {
namespace {

/// Whether the processor has an instruction that counts bits: not in the baseline of x86-64.
#if defined(__x86_64__) && !defined(__POPCNT__)
constexpr bool counts_bits = false;
#else
constexpr bool counts_bits = true;
#endif

/// With more words than this for each coordinate that is marked, used words are noted while marking, not looked for
/// afterwards.
constexpr Index words_of_sparse = counts_bits ? 4 : 2;

/// The marks of a word. Most have few: two places are written whatever they hold.
Offset* list_word(std::uint64_t marks, Offset base, Offset* to) {
  const auto lowest = [](std::uint64_t bits) { return static_cast<Offset>(std::countr_zero(bits)); };
  std::uint64_t rest = marks & (marks - 1);
  // the highest bit stands behind all others, so that there is one to be found
  const std::array two{base + lowest(marks), base + lowest(rest | std::uint64_t{1} << 63)};
  std::memcpy(to, two.data(), sizeof two);
  const auto list_further = [&](Offset* further) {
    for (rest &= rest - 1; rest != 0; rest &= rest - 1) *further++ = base + lowest(rest);
    return further;
  };
  if constexpr (!counts_bits) return list_further(to + 1 + ((rest | (0 - rest)) >> 63));  // + 1 if rest != 0
  const auto count = std::popcount(marks);
  if (count > 2) list_further(to + 2);
  return to + count;
}

}  // namespace

/// Of a node that is more than half full, those that are not elements are drawn.
void MarkedLeaf::draw(const Node& node, Index count, Offset base, Offset* to) {
  take_room(node.width);
  const bool complement = count > node.size / 2;
  const Index to_mark = complement ? node.size - count : count;
  const bool sparse = words_.size() > words_of_sparse * to_mark;
  if (sparse)
    mark<true>(node, to_mark);
  else
    mark<false>(node, to_mark);
  if (complement) flip(node.size);
  if (complement || !sparse) find_used();
  take_marks(base, to);
}

void MarkedLeaf::take_room(Index width) {
  const Index groups = (width + 64 * 64 - 1) / (64 * 64);
  words_ = std::span(room_).first(64 * groups);
  used_ = std::span(room_for_used_).first(groups);
  if (cleared_groups_ >= groups) return;
  std::ranges::fill(words_.subspan(64 * cleared_groups_), 0);
  std::ranges::fill(used_.subspan(cleared_groups_), 0);
  cleared_groups_ = groups;
}

/// 16 random bits a candidate, of which a node of 2^b coordinates takes the last b. `count` candidates are needed
/// whatever they are. Different ones are counted afterwards if there are many and the processor counts bits.
template <bool sparse>
void MarkedLeaf::mark(const Node& node, Index count) {
  static_assert(most_coordinates <= 1 << 16);
  std::array<Block, most_elements / per_block + 1> random_blocks;
  const Index whole = count / per_block;
  blocks(key_, node.number, 0, std::span(random_blocks).first(whole + 1));

  constexpr bool counted_afterwards = !sparse && counts_bits;
  const std::uint64_t last_bits = node.width - 1;
  Index marked = 0;
  const auto candidate = [last_bits](const Block& block, Index i) {
    return block[i / per_word] >> 16 * (i % per_word) & last_bits;
  };
  // valid: 1, or 0 for a candidate that is no coordinate; returns 1 for one that was not marked yet
  const auto take = [&](std::uint64_t j, std::uint64_t valid) {
    const std::uint64_t bit = valid << j % 64;
    auto& word = words_[j / 64];
    const bool fresh = (bit & ~word) != 0;
    word |= bit;
    if constexpr (sparse) used_[j / 64 / 64] |= valid << j / 64 % 64;
    return Index{fresh};
  };
  const auto take_whole_blocks = [&](const auto& valid) {
    for (Index b = 0; b < whole; ++b)
      for (Index i = 0; i < per_block; ++i) {
        const auto j = candidate(random_blocks[b], i);
        const Index fresh = take(j, valid(j));
        if constexpr (!counted_afterwards) marked += fresh;
      }
  };
  if (node.size == node.width)
    take_whole_blocks([](std::uint64_t) { return std::uint64_t{1}; });
  else  // the last node, cut at d
    take_whole_blocks([size = node.size](std::uint64_t j) { return std::uint64_t{j < size}; });
  if constexpr (counted_afterwards)
    for (const auto word : words_) marked += static_cast<Index>(std::popcount(word));

  for (Index b = whole; marked < count; ++b) {
    const Block further = b == whole ? random_blocks[whole] : block(key_, node.number, b);
    for (Index i = 0; i < per_block && marked < count; ++i) {
      const auto j = candidate(further, i);
      marked += take(j, std::uint64_t{j < node.size});
    }
  }
}

/// Marks those coordinates that are not marked, and no others.
void MarkedLeaf::flip(Index size) {
  for (Index w = 0; w < size / 64; ++w) words_[w] = ~words_[w];
  if (size % 64 != 0) words_[size / 64] ^= (std::uint64_t{1} << size % 64) - 1;
}

void MarkedLeaf::find_used() {
  for (Index g = 0; g < used_.size(); ++g) {
    std::uint64_t group = 0;
    for (Index w = 0; w < 64; ++w) group |= std::uint64_t{words_[64 * g + w] != 0} << w;
    used_[g] = group;
  }
}

/// Lists the marks and clears them.
void MarkedLeaf::take_marks(Offset base, Offset* to) {
  for (Index g = 0; g < used_.size(); ++g)
    for (std::uint64_t rest = std::exchange(used_[g], 0); rest != 0; rest &= rest - 1) {
      const Index w = 64 * g + static_cast<Index>(std::countr_zero(rest));
      to = list_word(std::exchange(words_[w], 0), base + static_cast<Offset>(64 * w), to);
    }
}

}  // namespace vireo::random
