#include "linalg/reflections.hpp"

#include "vireo/core/kernels.hpp"

namespace vireo::linalg {

Vector random_direction(const random::Key& key, Index dimension) {
  Vector w(dimension);
  random::normals(key, 0, w);
  kernels::scale(1 / kernels::norm(w), w);
  return w;
}

void reflect(View v, ConstView w) { kernels::axpy(-2 * kernels::dot(v, w), w, v); }

void reflect_left(DenseCoupling& A, ConstView w) {
  Vector t(A.columns(), 0.0);
  for (Index i = 0; i < A.rows(); ++i) kernels::axpy(w[i], A.row(i), t);
  for (Index i = 0; i < A.rows(); ++i) kernels::axpy(-2 * w[i], t, A.row(i));
}

void reflect_right(DenseCoupling& A, ConstView w) {
  for (Index i = 0; i < A.rows(); ++i) reflect(A.row(i), w);
}

}  // namespace vireo::linalg
