#include "linalg/spectrum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "vireo/core/kernels.hpp"
#include "vireo/core/random.hpp"

namespace vireo::linalg {
namespace {

/// The symmetric tridiagonal matrix of a Lanczos iteration.
class Tridiagonal {
 public:
  void append(double diagonal, double off_diagonal) {
    diagonal_.push_back(diagonal);
    off_.push_back(off_diagonal);
  }
  [[nodiscard]] std::size_t size() const { return diagonal_.size(); }
  /// beta_k, which couples the next vector
  [[nodiscard]] double coupling() const { return off_.back(); }

  /// The largest (sign +1) or smallest (-1) eigenvalue, by bisection with Sturm counts.
  [[nodiscard]] double extreme(int sign) const {
    double low = diagonal_[0];
    double high = diagonal_[0];
    for (std::size_t i = 0; i < size(); ++i) {  // Gershgorin
      const double radius = (i > 0 ? off_[i - 1] : 0) + (i + 1 < size() ? off_[i] : 0);
      low = std::min(low, diagonal_[i] - radius);
      high = std::max(high, diagonal_[i] + radius);
    }
    const std::size_t wanted = sign > 0 ? size() - 1 : 0;
    for (int halvings = 0; halvings < 200; ++halvings) {
      const double middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) break;
      (below(middle) > wanted ? high : low) = middle;
    }
    return sign > 0 ? high : low;
  }

  /// |s_k| of the normalized eigenvector of an eigenvalue, by the twisted factorization (Dhillon and Parlett, "Orthogonal
  /// eigenvectors and relative gaps", 2004): the plain recurrence is unstable once the components decay.
  [[nodiscard]] double last_component(double eigenvalue) const {
    const std::size_t n = size();
    const auto nonzero = [](double pivot) { return pivot == 0 ? 1e-300 : pivot; };
    std::vector<double> down(n), up(n);
    for (std::size_t i = 0; i < n; ++i)
      down[i] = nonzero(diagonal_[i] - eigenvalue - (i > 0 ? off_[i - 1] * off_[i - 1] / down[i - 1] : 0));
    for (std::size_t i = n; i-- > 0;)
      up[i] = nonzero(diagonal_[i] - eigenvalue - (i + 1 < n ? off_[i] * off_[i] / up[i + 1] : 0));
    std::size_t twist = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < n; ++i) {
      const double gamma = std::abs(down[i] + up[i] - (diagonal_[i] - eigenvalue));
      if (gamma < least) {
        least = gamma;
        twist = i;
      }
    }
    double squares = 1;
    double component = 1;
    for (std::size_t i = twist; i-- > 0;) {
      component *= -off_[i] / down[i];
      squares += component * component;
    }
    component = 1;
    for (std::size_t i = twist + 1; i < n; ++i) {
      component *= -off_[i - 1] / up[i];
      squares += component * component;
    }
    return std::abs(component) / std::sqrt(squares);
  }

 private:
  /// number of eigenvalues below x
  [[nodiscard]] std::size_t below(double x) const {
    std::size_t count = 0;
    double pivot = 1;
    for (std::size_t i = 0; i < size(); ++i) {
      pivot = diagonal_[i] - x - (i > 0 ? off_[i - 1] * off_[i - 1] / pivot : 0);
      if (pivot == 0) pivot = -1e-300;
      if (pivot < 0) ++count;
    }
    return count;
  }

  std::vector<double> diagonal_;
  std::vector<double> off_;
};

enum class Ends : std::uint8_t { both, largest };

SpectralRange lanczos(Index dimension, const SymmetricOperator& apply, std::uint64_t stream, double tolerance,
                      int most_steps, Ends ends) {
  Vector v(dimension);
  Vector previous(dimension, 0.0);
  Vector w(dimension);
  random::normals({.seed = 0, .purpose = random::Purpose::estimate, .iteration = stream}, 0, v);
  kernels::scale(1 / kernels::norm(v), v);

  Tridiagonal t;
  SpectralRange range;
  double beta = 0;
  for (int k = 0; k < most_steps; ++k) {
    apply(v, w);
    kernels::axpy(-beta, previous, w);
    const double alpha = kernels::dot(v, w);
    kernels::axpy(-alpha, v, w);
    beta = kernels::norm(w);
    t.append(alpha, beta);

    const double high = t.extreme(+1);
    const double low = ends == Ends::both ? t.extreme(-1) : high;
    const double scale = std::max(std::abs(high), std::abs(low));
    const double error_high = beta * t.last_component(high);
    const double error_low = ends == Ends::both ? beta * t.last_component(low) : 0;
    range = {low - error_low, high + error_high};
    if (!std::isfinite(scale) || beta <= 1e-14 * scale) break;  // an invariant subspace
    if (error_high <= tolerance * scale && error_low <= tolerance * scale) break;

    previous.swap(v);
    for (Index j = 0; j < dimension; ++j) v[j] = w[j] / beta;
  }
  return range;
}

}  // namespace

SpectralRange spectral_range(Index dimension, const SymmetricOperator& apply, std::uint64_t stream, double tolerance,
                             int most_steps) {
  return lanczos(dimension, apply, stream, tolerance, most_steps, Ends::both);
}

double largest_eigenvalue(Index dimension, const SymmetricOperator& apply, std::uint64_t stream, double tolerance) {
  return std::max(0.0, lanczos(dimension, apply, stream, tolerance, 1000, Ends::largest).largest);
}

}  // namespace vireo::linalg
