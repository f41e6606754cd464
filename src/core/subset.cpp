#include "vireo/core/subset.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>

#include "vireo/core/error.hpp"

namespace vireo::random {
namespace {

/// A node of so few coordinates is drawn directly if it has few elements: they are marked in words of 64 bits, which
/// finds those drawn twice and sorts. Longer leaves waste more where a range cuts them, shorter ones split more often.
constexpr Index marked_words = 1024;
constexpr Index marked_elements = 256;

/// The marks of a leaf, and which words have some.
struct Marks {
  std::array<std::uint64_t, marked_words> words;
  std::array<std::uint64_t, marked_words / 64> used;
};

/// So few elements among more coordinates are listed and sorted.
constexpr Index listed_elements = 64;

/// Walks the dyadic partition and keeps what lies in [begin, end).
class Walk {
 public:
  Walk(const Key& key, Index dimension, Index begin, Index end, std::vector<Offset>& out)
      : key_(key), dimension_(dimension), begin_(begin), end_(end), out_(out) {}

  /// Node `node` (1 is the root, 2n and 2n+1 the halves of n) covers [first, first + width), cut at d, with `count`
  /// elements.
  void visit(std::uint64_t node, Index first, Index width, Index count) {
    if (count == 0 || first >= end_ || first + width <= begin_) return;
    const Index size = std::min(width, dimension_ - first);
    if (count == size) {
      for (Index i = first; i < first + size; ++i) keep(i);
    } else if (count <= marked_elements && width <= 64 * marked_words) {
      draw_by_marks(node, first, width, size, count);
    } else if (count <= listed_elements) {
      draw_by_list(node, first, size, count);
    } else {
      const Index half = width / 2;
      const Index left_size = std::min(half, size);
      const Index left = hypergeometric(Stream(key_, node).uniform(), left_size, size - left_size, count);
      visit(2 * node, first, half, left);
      visit(2 * node + 1, first + half, half, count - left);
    }
  }

 private:
  void keep(Index i) {
    if (begin_ <= i && i < end_) out_.push_back(static_cast<Offset>(i - begin_));
  }

  /// By rejection: uniform coordinates of the node until `count` different ones are marked. Of a node that is more than
  /// half full, those that are not elements are drawn.
  void draw_by_marks(std::uint64_t node, Index first, Index width, Index size, Index count) const {
    Marks marks;
    const Index words = (width + 63) / 64;
    const std::span used(marks.used.data(), (words + 63) / 64);
    std::fill_n(marks.words.begin(), words, 0);
    std::ranges::fill(used, 0);
    const bool complement = count > size / 2;
    mark(node, width, size, complement ? size - count : count, marks);
    if (complement) {
      for (Index w = 0; w < size / 64; ++w) marks.words[w] = ~marks.words[w];
      if (size % 64 != 0) marks.words[size / 64] ^= (std::uint64_t{1} << size % 64) - 1;
      std::ranges::fill(used, ~std::uint64_t{0} >> (64 - std::min<Index>(words, 64)));
    }
    const Index before = out_.size();
    out_.resize(before + count + 2);
    list(used, marks, static_cast<Offset>(first - begin_), out_.data() + before);
    out_.resize(before + count);
    if (first < begin_ || end_ < first + size) drop_outside(before);
  }

  static constexpr Index per_block = 16;
  /// Of a block of random bits
  static std::array<std::uint16_t, per_block> candidates_in(const std::array<std::uint64_t, 4>& block) {
    return std::bit_cast<std::array<std::uint16_t, per_block>>(block);
  }

  /// 16 random bits a candidate, of which a node of 2^b coordinates takes the last b: most of a subset's time goes here
  /// and to listing, hence no branches inside of whole blocks.
  void mark(std::uint64_t node, Index width, Index size, Index count, Marks& marks) const {
    static_assert(64 * marked_words <= 1 << 16);
    const auto last_bits = static_cast<std::uint16_t>(width - 1);
    // 1 if the word brings another coordinate
    const auto try_one = [&](std::uint16_t word) {
      const std::uint32_t candidate = word & last_bits;
      const std::uint64_t valid{candidate < size};  // the last node alone can be cut
      const std::uint64_t bit = valid << candidate % 64;
      std::uint64_t& of = marks.words[candidate / 64];
      const bool fresh = (bit & ~of) != 0;
      of |= bit;
      marks.used[candidate / 64 / 64] |= valid << candidate / 64 % 64;
      return Index{fresh};
    };
    Index marked = 0;
    std::array<std::array<std::uint64_t, 4>, marked_elements / per_block> sure;  // blocks of which all is needed
    const Index whole = count / per_block;
    blocks(key_, node, 0, std::span(sure).first(whole));
    for (Index b = 0; b < whole; ++b)
      for (const auto word : candidates_in(sure[b])) marked += try_one(word);
    for (std::uint64_t b = whole; marked < count; ++b) {
      const auto words = candidates_in(block(key_, node, b));
      for (Index i = 0; i < per_block && marked < count; ++i) marked += try_one(words[i]);
    }
  }

  /// Most words have few marks: two places are written whatever they hold, so that few branches are guessed wrong.
  static Offset* list_word(std::uint64_t all, Offset base, Offset* to) {
    // the highest bit stands behind all others, so that there is always one to be found
    const auto lowest = [](std::uint64_t bits) {
      return static_cast<Offset>(std::countr_zero(bits | std::uint64_t{1} << 63));
    };
    const std::uint64_t behind_first = all & (all - 1);
    to[0] = base + lowest(all);
    to[1] = base + lowest(behind_first);
    to += Index{all != 0} + Index{behind_first != 0};
    for (std::uint64_t rest = behind_first & (behind_first - 1); rest != 0; rest &= rest - 1)
      *to++ = base + lowest(rest);
    return to;
  }

  static void list(std::span<const std::uint64_t> used, const Marks& marks, Offset base, Offset* to) {
    for (Index w = 0; w < 64 * used.size(); w += 64)
      for (std::uint64_t rest = used[w / 64]; rest != 0; rest &= rest - 1) {
        const Index word = w + static_cast<Index>(std::countr_zero(rest));
        to = list_word(marks.words[word], base + static_cast<Offset>(64 * word), to);
      }
  }

  /// Of the elements from place `before` on, keeps those in [begin, end). Places before `begin` have wrapped around.
  void drop_outside(Index before) const {
    const auto fresh = out_.begin() + static_cast<std::ptrdiff_t>(before);
    const auto outside = [length = end_ - begin_](Offset i) { return i >= length; };
    out_.erase(std::remove_if(fresh, out_.end(), outside), out_.end());
  }

  /// By Floyd's method: `count` uniform integers (Bentley and Floyd, "A sample of brilliance", CACM 1987).
  void draw_by_list(std::uint64_t node, Index first, Index size, Index count) {
    Stream stream(key_, node);
    std::array<Index, listed_elements> chosen{};
    Index n = 0;
    for (Index j = size - count; j < size; ++j) {
      Index candidate = stream.below(j + 1);
      const auto last = chosen.begin() + static_cast<std::ptrdiff_t>(n);
      if (std::find(chosen.begin(), last, candidate) != last) candidate = j;
      chosen[n++] = candidate;
    }
    std::sort(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(n));
    for (Index i = 0; i < n; ++i) keep(first + chosen[i]);
  }

  Key key_;
  Index dimension_;
  Index begin_;
  Index end_;
  std::vector<Offset>& out_;
};

}  // namespace

Subset::Subset(const Key& key, Index dimension, Index size) : key_(key), dimension_(dimension), size_(size) {
  if (size > dimension) throw Error(ExitCode::internal, "a subset larger than its set was asked for");
}

void Subset::append_range(Index begin, Index end, std::vector<Offset>& out) const {
  end = std::min(end, dimension_);
  if (begin >= end || size_ == 0) return;
  Walk(key_, dimension_, begin, end, out).visit(1, 0, std::bit_ceil(dimension_), size_);
}

}  // namespace vireo::random
