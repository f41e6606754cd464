#pragma once

#include <algorithm>
#include <functional>

#include "vireo/core/vector.hpp"

namespace vireo {

/// A view of a block of at most 64 points of R^d, stored coordinate by coordinate: coordinate(j)[p] is
/// coordinate j of point p. The storage is aligned, and may be read up to index 63 of every coordinate.
class Points {
 public:
  static constexpr Index most = 64;  ///< points in a block, and doubles from one coordinate to the next

  /// `first` points to coordinate 0; coordinate j begins at first + 64 j.
  Points(const double* first, Index size, Index dimension) : first_(first), size_(size), dimension_(dimension) {}

  /// Number of points
  [[nodiscard]] Index size() const { return size_; }
  /// d, the number of coordinates
  [[nodiscard]] Index dimension() const { return dimension_; }
  /// Coordinate j of all points
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
  /// Copies z.
  explicit SinglePoint(ConstView z) : dimension_(z.size()), values_(Points::most * z.size(), 0.0) {
    for (Index j = 0; j < z.size(); ++j) values_[Points::most * j] = z[j];
  }
  /// The block, valid as long as this object
  [[nodiscard]] Points points() const { return {values_.data(), 1, dimension_}; }

 private:
  Index dimension_;
  Vector values_;
};

/// Many blocks of points, of which one at a time is looked at.
struct PointBlocks {
  Index count = 0;  ///< number of blocks
  /// Block i; the view is valid until the next call.
  std::function<Points(Index i)> at;

  /// Calls action(points, index of the first of them among all points) for every block, in order.
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
