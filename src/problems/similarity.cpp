#include "problems/similarity.hpp"

#include <cmath>

#include "linalg/spectrum.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems {
namespace {

/// Starting vectors of the eigenvalue iterations; others are in determine_constants.cpp
enum Stream : std::uint64_t { stream_similarity = 11, stream_first = 12 };

/// far below what a step size can feel
constexpr double tolerance = 1e-5;
/// differences of this size, relative to L, are the rounding of equal operators: sqrt(machine epsilon) and some more
constexpr double rounding = 1e-7;

class AffineSimilarity {
 public:
  AffineSimilarity(const Problem& problem, Exchange& exchange)
      : problem_(problem), exchange_(exchange), Jv_(problem.dimension()), difference_(problem.dimension()) {}

  /// (1/M) sum_m (J_m - J)'(J_m - J) v = (1/M) sum_m J_m'(J_m - J) v, because the differences add up to nothing
  double to_mean() {
    return root(
        [&](ConstView v, View out) {
          exchange_.mean([&](Index m, View x) { shard(m).apply(v, x); }, Jv_);
          exchange_.mean(
              [&](Index m, View x) {
                shard(m).apply(v, difference_);
                kernels::axpy(-1.0, Jv_, difference_);
                shard(m).apply_transpose(difference_, x);
              },
              out);
        },
        stream_similarity);
  }

  /// (J_1 - J)'(J_1 - J) v
  double of_first() {
    Vector w(problem_.dimension());
    return root(
        [&](ConstView v, View out) {
          exchange_.mean([&](Index m, View x) { shard(m).apply(v, x); }, Jv_);
          exchange_.broadcast_from(
              0, [&](View x) { shard(0).apply(v, x); }, w);
          kernels::axpy(-1.0, Jv_, w);
          exchange_.mean([&](Index m, View x) { shard(m).apply_transpose(w, x); }, Jv_);
          exchange_.broadcast_from(
              0, [&](View x) { shard(0).apply_transpose(w, x); }, out);
          kernels::axpy(-1.0, Jv_, out);
        },
        stream_first);
  }

 private:
  [[nodiscard]] const AffineShard& shard(Index m) const { return dynamic_cast<const AffineShard&>(problem_.shard(m)); }
  [[nodiscard]] double root(const linalg::SymmetricOperator& gram, std::uint64_t stream) const {
    return std::sqrt(linalg::largest_eigenvalue(problem_.dimension(), gram, stream, tolerance));
  }

  const Problem& problem_;
  Exchange& exchange_;
  Vector Jv_, difference_;
};

}  // namespace

void determine_similarity(const Problem& problem, Exchange& exchange, Constants& constants) {
  if (!problem.affine()) return;
  AffineSimilarity similarity(problem, exchange);
  const double floor = constants.L ? rounding * constants.L->value : 0.0;
  const auto computed = [&](double value) { return Constant{value <= floor ? 0.0 : value, Origin::computed}; };
  if (!constants.similarity) constants.similarity = computed(similarity.to_mean());
  if (!constants.similarity_first) constants.similarity_first = computed(similarity.of_first());
}

}  // namespace vireo::problems
