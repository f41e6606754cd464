#pragma once

#include <memory>
#include <string>
#include <vector>

#include "vireo/core/vector.hpp"
#include "vireo/exchange/layout.hpp"

namespace vireo {

/// A proper, lower semicontinuous, convex function g with an exact proximal map.
class Regularizer {
 public:
  Regularizer() = default;
  Regularizer(const Regularizer&) = delete;
  Regularizer& operator=(const Regularizer&) = delete;
  virtual ~Regularizer() = default;

  /// z <- prox_{gamma g}(z) = argmin_u gamma g(u) + ||u - z||^2 / 2, in place; gamma > 0. For the indicator of a set:
  /// the projection. A coordinate that is NaN stays NaN, and where coordinates depend on each other (ball, simplex) all
  /// become NaN.
  virtual void prox(double gamma, View z) const = 0;

  /// g(z); infinity outside the domain (up to rounding: 1e-12 relative to the size of the set); NaN if a coordinate is
  /// NaN
  [[nodiscard]] virtual double value(ConstView z) const = 0;

  /// g = 0
  [[nodiscard]] virtual bool zero() const { return false; }

  /// mu_g: g - (mu_g/2)||.||^2 is convex
  [[nodiscard]] virtual double strong_convexity() const { return 0; }

  /// such as "ball of radius 1"
  [[nodiscard]] virtual std::string description() const = 0;
};

/// Shared: a problem's own, or what a user chose.
using RegularizerPointer = std::shared_ptr<const Regularizer>;

/// g(z) = sum_b g_b(z_b) over disjoint blocks of the coordinates 0..d-1; coordinates in no block are free.
class BlockRegularizer final : public Regularizer {
 public:
  /// g_b on the coordinates of one block.
  struct Part {
    std::string name;      ///< of the block, for descriptions
    Range range;           ///< its coordinates
    RegularizerPointer g;  ///< null: zero
  };
  /// throws Error(internal) if ranges overlap or leave 0..d-1
  BlockRegularizer(Index dimension, std::vector<Part> parts);

  /// block by block, since g is separable over them; z has d coordinates, else Error(internal)
  void prox(double gamma, View z) const override;
  [[nodiscard]] double value(ConstView z) const override;
  /// Projects the blocks where g_b(z_b) is infinite onto the domain of g_b, and leaves the others as they are.
  void move_into_domain(View z) const;
  [[nodiscard]] bool zero() const override;
  /// the smallest over the blocks if they cover all d coordinates, else 0
  [[nodiscard]] double strong_convexity() const override;
  /// such as "x: simplex of total 1; y: ball of radius 1"
  [[nodiscard]] std::string description() const override;

 private:
  void check(Index size) const;

  Index dimension_;
  std::vector<Part> parts_;  ///< none is zero or empty; by range
};

}  // namespace vireo
