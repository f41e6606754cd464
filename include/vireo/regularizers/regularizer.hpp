#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "vireo/core/layout.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/plugins/catalog.hpp"

namespace vireo {

/// A proper, lower semicontinuous, convex function g with an exact proximal map.
class Regularizer {
 public:
  Regularizer() = default;
  Regularizer(const Regularizer&) = delete;
  Regularizer& operator=(const Regularizer&) = delete;
  virtual ~Regularizer() = default;

  /// z <- prox_{gamma g}(z) = argmin_u gamma g(u) + ||u - z||^2 / 2, in place, for gamma > 0. For the
  /// indicator of a set this is the projection. A coordinate that is NaN stays NaN. If coordinates depend on
  /// each other (ball, simplex), then one NaN makes all of them NaN.
  virtual void prox(double gamma, View z) const = 0;

  /// g(z). It is infinite outside the domain, up to rounding (1e-12 relative to the size of the set), and
  /// NaN if a coordinate is NaN.
  [[nodiscard]] virtual double value(ConstView z) const = 0;

  /// True if g = 0
  [[nodiscard]] virtual bool zero() const { return false; }

  /// mu_g: the largest known constant for which g - (mu_g/2)||.||^2 is convex
  [[nodiscard]] virtual double strong_convexity() const { return 0; }

  /// A short text such as "ball of radius 1"
  [[nodiscard]] virtual std::string description() const = 0;
};

/// The natural residual ||z - prox_g(z - F)|| in the Euclidean norm, given F = F(z); ||F|| when g = 0. It is
/// 0 exactly where z solves 0 in F(z) + dg(z), and NaN if a number is NaN.
[[nodiscard]] double natural_residual(ConstView z, ConstView F, const Regularizer& g);

/// Shared between a problem, which may own some, and a run.
using RegularizerPointer = std::shared_ptr<const Regularizer>;

/// g(z) = sum_b g_b(z_b) over disjoint blocks b of the coordinates 0..d-1. Coordinates in no block are free.
class BlockRegularizer final : public Regularizer {
 public:
  /// g_b on the coordinates of one block.
  struct Part {
    std::string name;      ///< name of the block, for descriptions
    Range range;           ///< its coordinates
    RegularizerPointer g;  ///< null stands for zero
  };
  /// Throws Error(internal) if ranges overlap or leave 0..d-1.
  BlockRegularizer(Index dimension, std::vector<Part> parts);

  /// The proximal map of each block, since g is separable over them. Throws Error(internal) unless z has d
  /// coordinates.
  void prox(double gamma, View z) const override;
  [[nodiscard]] double value(ConstView z) const override;
  /// Projects each block with an infinite g_b(z_b) onto the domain of g_b, and leaves the others as they
  /// are.
  void move_into_domain(View z) const;
  [[nodiscard]] bool zero() const override;
  /// The smallest constant of the blocks if they cover all d coordinates, and 0 otherwise
  [[nodiscard]] double strong_convexity() const override;
  /// A text such as "x: simplex of total 1; y: ball of radius 1"
  [[nodiscard]] std::string description() const override;

 private:
  void check(Index size) const;

  Index dimension_;
  std::vector<Part> parts_;  ///< none is zero or empty; by range
};

/// A regularizer or the indicator of a set, for the setting `regularizer`.
struct RegularizerPlugIn : PlugIn {
  /// Builds g on a block of `size` coordinates.
  std::function<RegularizerPointer(const Parameters&, Index size)> make;
};

}  // namespace vireo
