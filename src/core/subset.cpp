#include "vireo/core/subset.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <span>

#include "vireo/core/error.hpp"

namespace vireo::random {
namespace {

/// A node of so few coordinates is drawn directly if it has few elements: they are marked in words of 64 bits, which
/// finds those drawn twice and sorts. Longer leaves waste more where a range cuts them, shorter ones split more often.
constexpr Index marked_words = 1024;
constexpr Index marked_elements = 256;

using Words = std::array<std::uint64_t, marked_words>;

/// Whether the processor has an instruction that counts bits: not in the baseline of x86-64.
#if defined(__x86_64__) && !defined(__POPCNT__)
constexpr bool counts_bits = false;
#else
constexpr bool counts_bits = true;
#endif

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
    Words room;
    const std::span marks(room.data(), (width + 64 * 64 - 1) / (64 * 64) * 64);  // they are listed 64 words at a time
    std::ranges::fill(marks, 0);
    const bool complement = count > size / 2;
    mark(node, width, size, complement ? size - count : count, marks);
    if (complement) {
      for (Index w = 0; w < size / 64; ++w) marks[w] = ~marks[w];
      if (size % 64 != 0) marks[size / 64] ^= (std::uint64_t{1} << size % 64) - 1;
    }
    const Index before = out_.size();
    out_.resize(before + count + 1);
    list(marks, static_cast<Offset>(first - begin_), out_.data() + before);
    out_.resize(before + count);
    if (first < begin_ || end_ < first + size) drop_outside(before);
  }

  /// 16 random bits a candidate, of which a node of 2^b coordinates takes the last b. `count` candidates are needed
  /// whatever they are: most of a subset's time goes to them and to listing, hence no branches and nothing counted.
  void mark(std::uint64_t node, Index width, Index size, Index count, std::span<std::uint64_t> marks) const {
    static_assert(64 * marked_words <= 1 << 16);
    constexpr Index per_word = 4;
    constexpr Index per_block = 4 * per_word;
    std::array<std::array<std::uint64_t, 4>, marked_elements / per_block + 1> drawn;
    const Index whole = count / per_block;
    blocks(key_, node, 0, std::span(drawn).first(whole + 1));

    const std::uint64_t last_bits = width - 1;
    Index marked = 0;
    const auto mark_all = [&](const auto& valid) {
      for (Index b = 0; b < whole; ++b)
        for (const std::uint64_t word : drawn[b])
          for (Index i = 0; i < per_word; ++i) {
            const std::uint64_t candidate = word >> 16 * i & last_bits;
            const std::uint64_t bit = valid(candidate) << candidate % 64;
            auto& of = marks[candidate / 64];
            if constexpr (!counts_bits) marked += Index{(bit & ~of) != 0};
            of |= bit;
          }
    };
    if (size == width)
      mark_all([](std::uint64_t) { return std::uint64_t{1}; });
    else  // the last node, cut at d
      mark_all([size](std::uint64_t candidate) { return std::uint64_t{candidate < size}; });
    if constexpr (counts_bits)
      for (const auto word : marks) marked += static_cast<Index>(std::popcount(word));

    for (Index b = whole; marked < count; ++b) {
      const auto words = b == whole ? drawn[whole] : block(key_, node, b);
      for (Index i = 0; i < per_block && marked < count; ++i) {
        const std::uint64_t candidate = words[i / per_word] >> 16 * (i % per_word) & last_bits;
        const std::uint64_t bit = std::uint64_t{candidate < size} << candidate % 64;
        auto& of = marks[candidate / 64];
        marked += Index{(bit & ~of) != 0};
        of |= bit;
      }
    }
  }

  /// Most words have few marks: two places are written whatever they hold, so that few branches are guessed wrong.
  /// Hence there is room for one more at `to`.
  static Offset* list_word(std::uint64_t marks, Offset base, Offset* to) {
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

  static void list(std::span<const std::uint64_t> marks, Offset base, Offset* to) {
    for (Index first = 0; first < marks.size(); first += 64) {
      std::uint64_t used = 0;  // which of 64 words have marks
      for (Index w = 0; w < 64; ++w) used |= std::uint64_t{marks[first + w] != 0} << w;
      for (; used != 0; used &= used - 1) {
        const Index w = first + static_cast<Index>(std::countr_zero(used));
        to = list_word(marks[w], base + static_cast<Offset>(64 * w), to);
      }
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
