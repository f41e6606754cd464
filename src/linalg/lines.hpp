#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "linalg/sparse_rows.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::linalg {

/// Vectors of one length, such as some rows or columns of a matrix: what sums of multiples of single lines are made
/// from. For each sum, lines are added in the order given, and those with coefficient 0 are passed over.
class Lines {
 public:
  Lines(Index count, Index length) : count_(count), length_(length) {}
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  virtual ~Lines() = default;

  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] Index length() const { return length_; }

  /// A line and what it is multiplied by
  struct Term {
    std::uint32_t line = 0;
    double coefficient = 0;
  };
  /// ... in each of two sums
  struct PairTerm {
    std::uint32_t line = 0;
    double coefficient_u = 0;
    double coefficient_v = 0;
  };

  /// out += sum of the terms
  virtual void add(std::span<const Term> terms, View out) const = 0;
  /// The two sums in one pass over the lines; the bits are those of two calls of add
  virtual void add_pair(std::span<const PairTerm> terms, View out_u, View out_v) const = 0;

  /// <line, v>
  [[nodiscard]] virtual double dot(Index line, ConstView v) const = 0;
  /// the whole line, length() numbers
  virtual void copy(Index line, View out) const = 0;
  [[nodiscard]] virtual double squared_norm(Index line) const = 0;
  [[nodiscard]] virtual std::size_t bytes() const = 0;

 private:
  Index count_;
  Index length_;
};

using LinesPointer = std::shared_ptr<const Lines>;

/// Lines with all their numbers, each from a cache line on.
class DenseLines final : public Lines {
 public:
  /// zeros
  DenseLines(Index count, Index length);
  [[nodiscard]] View line(Index i) { return View(values_).subspan(i * stride_, length()); }
  [[nodiscard]] ConstView line(Index i) const { return ConstView(values_).subspan(i * stride_, length()); }

  void add(std::span<const Term> terms, View out) const override;
  void add_pair(std::span<const PairTerm> terms, View out_u, View out_v) const override;
  [[nodiscard]] double dot(Index line, ConstView v) const override;
  void copy(Index line, View out) const override;
  [[nodiscard]] double squared_norm(Index line) const override;
  [[nodiscard]] std::size_t bytes() const override { return 8 * values_.size(); }

 private:
  Index stride_;
  Vector values_;
};

/// Lines with their nonzeros only, as compressed rows.
class SparseLines final : public Lines {
 public:
  /// `rows` need no labels
  SparseLines(SparseRows rows, Index count, Index length) : Lines(count, length), rows_(std::move(rows)) {}

  void add(std::span<const Term> terms, View out) const override;
  void add_pair(std::span<const PairTerm> terms, View out_u, View out_v) const override;
  [[nodiscard]] double dot(Index line, ConstView v) const override;
  void copy(Index line, View out) const override;
  [[nodiscard]] double squared_norm(Index line) const override;
  [[nodiscard]] std::size_t bytes() const override { return 12 * rows_.nonzeros() + 8 * rows_.start.size(); }

 private:
  SparseRows rows_;
};

}  // namespace vireo::linalg
