#include "vireo/core/subset.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "vireo/core/error.hpp"

namespace vireo::random {
namespace {

/// A node with so few elements, or so few coordinates, is drawn directly.
constexpr Index leaf_elements = 32;
constexpr Index leaf_coordinates = 64;

/// Up to so many coordinates a leaf's elements are marked in words of 64 bits, which sorts them, where all of them are
/// kept; else they are listed and sorted.
constexpr Index marked_words = 64;

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
    } else if (size <= leaf_coordinates) {
      draw_by_mask(node, first, size, count);
    } else if (count <= leaf_elements && size <= 64 * marked_words && begin_ <= first && first + size <= end_) {
      draw_by_marks(node, first, size, count);
    } else if (count <= leaf_elements) {
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

  // All three draw by Floyd's method (Bentley and Floyd, "A sample of brilliance", CACM 1987): `count` uniform
  // integers.

  void draw_by_mask(std::uint64_t node, Index first, Index size, Index count) const {
    Stream stream(key_, node);
    const bool complement = count > size / 2;
    const Index drawn = complement ? size - count : count;
    std::uint64_t mask = 0;
    for (Index j = size - drawn; j < size; ++j) {
      const std::uint64_t candidate = std::uint64_t{1} << stream.below(j + 1);
      mask |= (mask & candidate) != 0 ? std::uint64_t{1} << j : candidate;
    }
    if (complement) mask ^= size == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1;
    for (; mask != 0; mask &= mask - 1) {
      const Index i = first + static_cast<Index>(std::countr_zero(mask));
      if (begin_ <= i && i < end_) out_.push_back(static_cast<Offset>(i - begin_));
    }
  }

  void draw_by_marks(std::uint64_t node, Index first, Index size, Index count) const {
    Stream stream(key_, node);
    std::array<std::uint64_t, marked_words> marks;
    const Index words = (size + 63) / 64;
    std::fill_n(marks.begin(), words, 0);
    for (Index j = size - count; j < size; ++j) {
      const Index candidate = stream.below(j + 1);
      const bool taken = (marks[candidate / 64] >> (candidate % 64) & 1) != 0;
      const Index chosen = taken ? j : candidate;
      marks[chosen / 64] |= std::uint64_t{1} << (chosen % 64);
    }
    // Most words have few marks: two places are written whatever they hold, so that no branch is guessed wrong.
    const Index before = out_.size();
    out_.resize(before + count + 2);
    Offset* to = out_.data() + before;
    for (Index w = 0; w < words; ++w) {
      const auto base = static_cast<Offset>(first + 64 * w - begin_);
      const auto at = [base](std::uint64_t bits) { return base + static_cast<Offset>(std::countr_zero(bits)); };
      const std::uint64_t all = marks[w];
      const std::uint64_t behind_first = all & (all - 1);
      to[0] = at(all);
      to[1] = at(behind_first);
      to += (all != 0 ? 1 : 0) + (behind_first != 0 ? 1 : 0);
      for (std::uint64_t rest = behind_first & (behind_first - 1); rest != 0; rest &= rest - 1) *to++ = at(rest);
    }
    out_.resize(before + count);
  }

  void draw_by_list(std::uint64_t node, Index first, Index size, Index count) {
    Stream stream(key_, node);
    std::array<Index, leaf_elements> chosen{};
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
