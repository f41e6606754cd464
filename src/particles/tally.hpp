#pragma once

#include "particles/block.hpp"

namespace vireo::particles {

/// What a reduction over particles adds up, as one record of doubles: E_min, S = sum w, sum w^2, counts, how far the
/// particles are from the centre (the consensus before), V = sum w (X - centre), and where asked for the best particle,
/// less the centre. Weights are w = exp(-alpha (E - E_min)), with E_min that of the record: a merge of two records
/// scales the sums of the one with the larger E_min.
class Tally {
 public:
  enum Head : Index { minimum, weights, squared_weights, counted, dropped, squares, farthest, head };

  Tally(Index dimension, bool with_best)
      : d_(dimension), width_(head + (with_best ? 2 : 1) * dimension), with_best_(with_best) {}

  /// numbers in a record
  [[nodiscard]] Index width() const { return width_; }

  /// record <- that of a block: energies E of the particles x, of which those with alive = 1 are weighed, and those
  /// with alive = 0 have no part in it at all. `lost`: particles dropped
  void block(Index particles, const double* x, const BlockValues& E, const BlockValues& alive, Index lost, double alpha,
             ConstView centre, View record) const;
  /// into <- both
  void merge(double alpha, View into, ConstView from) const;

  [[nodiscard]] ConstView V(ConstView record) const { return record.subspan(head, d_); }
  [[nodiscard]] ConstView best(ConstView record) const { return record.subspan(head + d_, with_best_ ? d_ : 0); }

 private:
  Index d_, width_;
  bool with_best_;
};

/// exp(-alpha d), d >= 0, which is 0 from 708/alpha on
[[nodiscard]] double weight(double alpha, double d);

}  // namespace vireo::particles
