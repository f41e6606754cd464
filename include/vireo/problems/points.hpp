#pragma once

#include <algorithm>
#include <functional>

#include "vireo/core/vector.hpp"

namespace vireo {

/// A block of at most 64 points of R^d, stored coordinate by coordinate: coordinate(j)[p] is coordinate j of point p.
/// A view; the storage is aligned, and may be read up to place 63 of every coordinate.
class Points {
 public:
  static constexpr Index most = 64;  ///< points in a block, and doubles from one coordinate to the next

  /// first: coordinate 0; coordinate j begins at first + 64 j
  Points(const double* first, Index size, Index dimension) : first_(first), size_(size), dimension_(dimension) {}

  /// number of points
  [[nodiscard]] Index size() const { return size_; }
  /// d
  [[nodiscard]] Index dimension() const { return dimension_; }
  /// coordinate j of all points
  [[nodiscard]] ConstView coordinate(Index j) const { return {first_ + most * j, size_}; }

  /// out = point p
  void copy(Index p, View out) const {
    for (Index j = 0; j < dimension_; ++j) out[j] = first_[most * j + p];
  }

 private:
  const double* first_;
  Index size_;
  Index dimension_;
};

/// One point as a block, with storage of its own.
class SinglePoint {
 public:
  /// a copy of z
  explicit SinglePoint(ConstView z) : dimension_(z.size()), values_(Points::most * z.size(), 0.0) {
    for (Index j = 0; j < z.size(); ++j) values_[Points::most * j] = z[j];
  }
  /// valid as long as this object
  [[nodiscard]] Points points() const { return {values_.data(), 1, dimension_}; }

 private:
  Index dimension_;
  Vector values_;
};

/// Many blocks of points, given one at a time.
struct PointBlocks {
  Index count = 0;
  /// block i; the view holds until the next call
  std::function<Points(Index i)> at;

  /// action(points, number of the first of them among all) for every block, in order
  template <class Action>
  void for_each(const Action& action) const {
    Index first = 0;
    for (Index i = 0; i < count; ++i) {
      const Points points = at(i);
      action(points, first);
      first += points.size();
    }
  }
};

}  // namespace vireo
