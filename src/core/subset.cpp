#include "vireo/core/subset.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "vireo/core/error.hpp"

namespace vireo::random {
namespace {

/// A node with so few elements, or so few coordinates, is drawn directly.
constexpr Index leaf_elements = 64;
constexpr Index leaf_coordinates = 64;

/// Up to so many coordinates a leaf's elements are marked in words of 64 bits, which sorts them; else they are listed
/// and sorted.
constexpr Index marked_words = 64;

/// `count` uniform integers below n, n + 1, ..., without bias (Lemire, 2019): from 32 bits each, as many as there are
/// in a block, because most of a subset's time goes here. For n + count < 2^32.
class Candidates {
 public:
  Candidates(const Key& key, std::uint64_t node, Index n, Index count) {
    for (Index b = 0; b < count; b += per_block) {
      const auto words = std::bit_cast<std::array<std::uint32_t, per_block>>(block(key, node, b / per_block));
      std::copy(words.begin(), words.end(), values_.begin() + static_cast<std::ptrdiff_t>(b));
    }
    bool doubtful = false;
    for (Index i = 0; i < count; ++i) {
      const std::uint64_t product = std::uint64_t{values_[i]} * (n + i);
      doubtful |= static_cast<std::uint32_t>(product) < n + count;
      values_[i] = static_cast<std::uint32_t>(product >> 32);
    }
    if (doubtful) draw_with_rejection(key, node, n, count);
  }
  [[nodiscard]] Index operator[](Index i) const { return values_[i]; }

 private:
  static constexpr Index per_block = 8;

  /// The same, where a word may have to be drawn again: those come behind all others.
  void draw_with_rejection(const Key& key, std::uint64_t node, Index n, Index count) {
    std::uint64_t next = (count + per_block - 1) / per_block * per_block;
    for (Index i = 0; i < count; ++i) {
      const auto bound = static_cast<std::uint32_t>(n + i);
      const std::uint32_t threshold = (0 - bound) % bound;  // 2^32 mod bound
      std::uint32_t word = 0;
      words(key, node, i, {&word, 1});
      std::uint64_t product = std::uint64_t{word} * bound;
      while (static_cast<std::uint32_t>(product) < threshold) {
        words(key, node, next++, {&word, 1});
        product = std::uint64_t{word} * bound;
      }
      values_[i] = static_cast<std::uint32_t>(product >> 32);
    }
  }

  std::array<std::uint32_t, leaf_elements> values_;
};

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
    } else if (count <= leaf_elements && size <= 64 * marked_words) {
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
    const bool complement = count > size / 2;
    const Index drawn = complement ? size - count : count;
    const Candidates candidates(key_, node, size - drawn + 1, drawn);
    std::uint64_t mask = 0;
    for (Index j = size - drawn; j < size; ++j) {
      const std::uint64_t candidate = std::uint64_t{1} << candidates[j - (size - drawn)];
      mask |= (mask & candidate) != 0 ? std::uint64_t{1} << j : candidate;
    }
    if (complement) mask ^= size == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1;
    for (; mask != 0; mask &= mask - 1) {
      const Index i = first + static_cast<Index>(std::countr_zero(mask));
      if (begin_ <= i && i < end_) out_.push_back(static_cast<Offset>(i - begin_));
    }
  }

  void draw_by_marks(std::uint64_t node, Index first, Index size, Index count) const {
    const Candidates candidates(key_, node, size - count + 1, count);
    std::array<std::uint64_t, marked_words> marks;
    std::fill_n(marks.begin(), (size + 63) / 64, 0);
    std::uint64_t marked = 0;  // which words have marks
    for (Index j = size - count; j < size; ++j) {
      const Index candidate = candidates[j - (size - count)];
      const bool taken = (marks[candidate / 64] >> (candidate % 64) & 1) != 0;
      const Index chosen = taken ? j : candidate;
      marks[chosen / 64] |= std::uint64_t{1} << (chosen % 64);
      marked |= std::uint64_t{1} << (chosen / 64);
    }
    // Most words have few marks: two places are written whatever they hold, so that no branch is guessed wrong.
    const Index before = out_.size();
    out_.resize(before + count + 2);
    Offset* to = out_.data() + before;
    for (; marked != 0; marked &= marked - 1) {
      const auto w = static_cast<Index>(std::countr_zero(marked));
      const auto base = static_cast<Offset>(first + 64 * w - begin_);
      const auto at = [base](std::uint64_t bits) { return base + static_cast<Offset>(std::countr_zero(bits)); };
      const std::uint64_t all = marks[w];
      const std::uint64_t behind_first = all & (all - 1);
      to[0] = at(all);
      to[1] = at(behind_first);
      to += behind_first != 0 ? 2 : 1;
      for (std::uint64_t rest = behind_first & (behind_first - 1); rest != 0; rest &= rest - 1) *to++ = at(rest);
    }
    out_.resize(before + count);
    if (first < begin_ || end_ < first + size) drop_outside(before);
  }

  /// Of the elements from place `before` on, keeps those in [begin, end). Places before `begin` have wrapped around.
  void drop_outside(Index before) const {
    const auto fresh = out_.begin() + static_cast<std::ptrdiff_t>(before);
    const auto outside = [length = end_ - begin_](Offset i) { return i >= length; };
    out_.erase(std::remove_if(fresh, out_.end(), outside), out_.end());
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
