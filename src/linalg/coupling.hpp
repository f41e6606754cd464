#pragma once

#include <memory>

#include "vireo/core/random.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::linalg {

/// A matrix A that couples two players, used both ways at once: memory traffic of A is what a game costs, so A y and A'
/// x are made in one pass over A. Matrices of one kind and shape have one layout and differ in their stored values
/// only.
class Coupling {
 public:
  Coupling() = default;
  Coupling(const Coupling&) = delete;
  Coupling& operator=(const Coupling&) = delete;
  virtual ~Coupling() = default;

  [[nodiscard]] virtual Index rows() const = 0;
  [[nodiscard]] virtual Index columns() const = 0;

  /// p = A y and q = A' x; p has rows() numbers, q columns()
  virtual void multiply(ConstView x, ConstView y, View p, View q) const = 0;

  /// The same for (x1, y1) and (x2, y2), in one pass over A
  virtual void multiply_pair(ConstView x1, ConstView y1, View p1, View q1, ConstView x2, ConstView y2, View p2,
                             View q2) const {
    multiply(x1, y1, p1, q1);
    multiply(x2, y2, p2, q2);
  }

  /// A zero matrix of the same kind, shape and layout
  [[nodiscard]] virtual std::unique_ptr<Coupling> zero_like() const = 0;

  /// A += a N, the stored values of N being standard normal numbers, a function of the key and their place.
  virtual void add_normals(double a, const random::Key& key) = 0;

  /// A += a B, for B of the same layout
  void add(double a, const Coupling& B);
  void scale(double a);
  [[nodiscard]] std::size_t bytes() const { return 8 * values_.size(); }

 protected:
  Vector values_;
};

/// A dense matrix, row by row, rows padded to whole cache lines.
class DenseCoupling final : public Coupling {
 public:
  DenseCoupling(Index rows, Index columns);
  [[nodiscard]] Index rows() const override { return rows_; }
  [[nodiscard]] Index columns() const override { return columns_; }
  void multiply(ConstView x, ConstView y, View p, View q) const override;
  void multiply_pair(ConstView x1, ConstView y1, View p1, View q1, ConstView x2, ConstView y2, View p2,
                     View q2) const override;
  [[nodiscard]] std::unique_ptr<Coupling> zero_like() const override;
  void add_normals(double a, const random::Key& key) override;

  [[nodiscard]] View row(Index i) { return View(values_).subspan(i * stride_, columns_); }
  [[nodiscard]] ConstView row(Index i) const { return ConstView(values_).subspan(i * stride_, columns_); }

 private:
  Index rows_;
  Index columns_;
  Index stride_;
};

/// A square band matrix: A_ij = 0 for |i - j| > bandwidth. Row i holds columns i - bandwidth .. i + bandwidth.
class BandedCoupling final : public Coupling {
 public:
  BandedCoupling(Index size, Index bandwidth);
  [[nodiscard]] Index rows() const override { return size_; }
  [[nodiscard]] Index columns() const override { return size_; }
  void multiply(ConstView x, ConstView y, View p, View q) const override;
  [[nodiscard]] std::unique_ptr<Coupling> zero_like() const override;
  void add_normals(double a, const random::Key& key) override;

 private:
  Index size_;
  Index bandwidth_;
};

/// A square matrix with the same number of nonzeros in each row, at random places that are a function of a seed.
class SparseCoupling final : public Coupling {
 public:
  SparseCoupling(Index size, Index per_row, std::uint64_t seed);
  [[nodiscard]] Index rows() const override { return size_; }
  [[nodiscard]] Index columns() const override { return size_; }
  void multiply(ConstView x, ConstView y, View p, View q) const override;
  [[nodiscard]] std::unique_ptr<Coupling> zero_like() const override;
  void add_normals(double a, const random::Key& key) override;

 private:
  using Places = std::vector<std::uint32_t>;
  SparseCoupling(Index size, Index per_row, std::shared_ptr<const Places> places);

  Index size_;
  Index per_row_;
  std::shared_ptr<const Places> places_;  ///< column of each stored value; shared by matrices of one layout
};

}  // namespace vireo::linalg
