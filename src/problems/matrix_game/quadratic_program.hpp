#pragma once

#include <memory>
#include <optional>
#include <string>

#include "linalg/lines.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/core/layout.hpp"

namespace vireo::problems {

/// Where H, h, A and b come from.
class QuadraticProgram {
 public:
  QuadraticProgram() = default;
  QuadraticProgram(const QuadraticProgram&) = delete;
  QuadraticProgram& operator=(const QuadraticProgram&) = delete;
  virtual ~QuadraticProgram() = default;

  [[nodiscard]] virtual Index variables() const = 0;
  [[nodiscard]] virtual Index constraints() const = 0;
  /// (H_i, A_i) for the columns i of this rank. Collective
  [[nodiscard]] virtual linalg::LinesPointer columns(Range mine) = 0;
  /// the rows of A of this rank. Collective
  [[nodiscard]] virtual linalg::LinesPointer rows(Range mine) = 0;
  /// (-h, -b)
  [[nodiscard]] virtual std::shared_ptr<const Vector> offset() = 0;
  [[nodiscard]] virtual std::string source() const = 0;
  [[nodiscard]] virtual bool convex() const { return false; }  ///< by construction
  [[nodiscard]] virtual std::optional<Vector> solution() const { return std::nullopt; }
  [[nodiscard]] virtual Vector initial_point() const { return Vector(variables() + constraints(), 0.0); }
};

/// Ouyang and Xu's hard instance as in the experiments of Cai, Alacaoglu and Diakonikolas (ICLR 2024), n variables and
/// as many constraints, indices from 0:
///     A_{i,n-1-i} = 1/4, A_{i,n-2-i} = -1/4;  H = 2 A'A;  h = e_{n-1}/4;  b_i = 1/4;  from z0 = 1/n.
/// A x = b says x_0 = 1 and x_j - x_{j-1} = 1, and A'y = H x - h = 2 A'b - h: the solution is x*_j = j + 1, y*_i =
/// -1/2.
[[nodiscard]] std::unique_ptr<QuadraticProgram> hard_quadratic_program(Index n);

/// Datasets H (n x n, symmetric), h (n), A (p x n) and b (p) of an HDF5 file. Collective. throws DataError
[[nodiscard]] std::unique_ptr<QuadraticProgram> quadratic_program_from_file(Communicator& comm,
                                                                            const std::string& path);

}  // namespace vireo::problems
