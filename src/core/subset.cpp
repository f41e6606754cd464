#include "vireo/core/subset.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "core/marked_leaf.hpp"
#include "vireo/core/error.hpp"

namespace vireo::random {
namespace {

/// So few elements among more coordinates are listed and sorted.
constexpr Index listed_elements = 64;

/// Walks the dyadic partition and keeps what lies in [begin, end).
class Walk {
 public:
  Walk(const Key& key, Index dimension, Index begin, Index end, std::vector<Offset>& out)
      : key_(key), dimension_(dimension), begin_(begin), end_(end), out_(out), leaf_(key) {}

  /// Node `node` (1 is the root, 2n and 2n+1 the halves of n) covers [first, first + width), cut at d, with `count`
  /// elements.
  void visit(std::uint64_t node, Index first, Index width, Index count) {
    if (count == 0 || first >= end_ || first + width <= begin_) return;
    const Index size = std::min(width, dimension_ - first);
    if (count == size) {
      for (Index i = first; i < first + size; ++i) keep(i);
    } else if (count <= MarkedLeaf::most_elements && width <= MarkedLeaf::most_coordinates) {
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

  void draw_by_marks(std::uint64_t node, Index first, Index width, Index size, Index count) {
    const Index before = out_.size();
    out_.resize(before + count + 1);
    leaf_.draw({node, width, size}, count, static_cast<Offset>(first - begin_), out_.data() + before);
    out_.resize(before + count);
    if (first < begin_ || end_ < first + size) drop_outside(before);
  }

  /// Of the elements from place `before` on, keeps those in [begin, end). Places before `begin` have wrapped around.
  void drop_outside(Index before) const {
    static_assert((Index{1} << 32) - longest_segment >= MarkedLeaf::most_coordinates);
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
  MarkedLeaf leaf_;
};

}  // namespace

Subset::Subset(const Key& key, Index dimension, Index size) : key_(key), dimension_(dimension), size_(size) {
  if (size > dimension) throw Error(ErrorKind::internal, "a subset larger than its set was asked for");
}

void Subset::append_range(Index begin, Index end, std::vector<Offset>& out) const {
  end = std::min(end, dimension_);
  if (begin >= end || size_ == 0) return;
  Walk(key_, dimension_, begin, end, out).visit(1, 0, std::bit_ceil(dimension_), size_);
}

}  // namespace vireo::random
