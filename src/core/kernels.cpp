#include "vireo/core/kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/lanes.hpp"
#include "core/scaled_norm.hpp"

namespace vireo::kernels {
namespace {

constexpr Index unroll = 4;
constexpr Index stride = unroll * lanes;

/// Sum over one chunk of term(x_j, y_j): 32 partial sums, the last stride padded with zeros (term(0, 0) must be 0).
template <class Term>
double chunk_sum(const double* x, const double* y, Index n, Term term) {
  std::array<Lanes, unroll> partial{};
  Index j = 0;
  for (; j + stride <= n; j += stride)
    for (Index u = 0; u < unroll; ++u) partial[u] += term(load(x + j + u * lanes), load(y + j + u * lanes));
  if (j < n) {
    std::array<double, stride> tail_x{};
    std::array<double, stride> tail_y{};
    std::copy(x + j, x + n, tail_x.begin());
    std::copy(y + j, y + n, tail_y.begin());
    for (Index u = 0; u < unroll; ++u)
      partial[u] += term(load(tail_x.data() + u * lanes), load(tail_y.data() + u * lanes));
  }
  return vireo::sum((partial[0] + partial[2]) + (partial[1] + partial[3]));
}

template <class Term>
double chunked_sum(ConstView x, ConstView y, Term term) {
  double total = 0;
  for (Index begin = 0; begin < x.size(); begin += chunk)
    total += chunk_sum(x.data() + begin, y.data() + begin, std::min(chunk, x.size() - begin), term);
  return total;
}

}  // namespace

double dot(ConstView x, ConstView y) {
  return chunked_sum(x, y, [](const Lanes& a, const Lanes& b) { return a * b; });
}

double squared_norm(ConstView x) { return dot(x, x); }

double norm(ConstView x) {
  const double squares = squared_norm(x);
  return safe_square(squares) ? std::sqrt(squares) : scaled_norm(x);
}

double squared_distance(ConstView x, ConstView y) {
  return chunked_sum(x, y, [](const Lanes& a, const Lanes& b) {
    const Lanes difference = a - b;
    return difference * difference;
  });
}

double distance(ConstView x, ConstView y) {
  const double squares = squared_distance(x, y);
  return safe_square(squares) ? std::sqrt(squares) : scaled_distance(x, y);
}

double sum(ConstView x) {
  return chunked_sum(x, x, [](const Lanes& a, const Lanes&) { return a; });
}

double max_abs(ConstView x) {
  double largest = 0;
  for (const double value : x) {
    if (std::isnan(value)) return std::numeric_limits<double>::quiet_NaN();
    largest = std::max(largest, std::abs(value));
  }
  return largest;
}

bool all_finite(ConstView x) {
  // a - a is 0 for finite numbers and NaN otherwise, and NaN survives addition
  // NOLINTNEXTLINE(misc-redundant-expression)
  return chunked_sum(x, x, [](const Lanes& a, const Lanes&) { return a - a; }) == 0;
}

void axpy(double a, ConstView x, View y) {
  for (Index j = 0; j < y.size(); ++j) y[j] += a * x[j];
}

void add_scaled(ConstView x, double a, ConstView y, View out) {
  for (Index j = 0; j < out.size(); ++j) out[j] = x[j] + a * y[j];
}

void combine(double a, ConstView x, double b, ConstView y, View out) {
  for (Index j = 0; j < out.size(); ++j) out[j] = a * x[j] + b * y[j];
}

void subtract(ConstView x, ConstView y, View out) {
  for (Index j = 0; j < out.size(); ++j) out[j] = x[j] - y[j];
}

void scale(double a, View x) {
  for (double& value : x) value *= a;
}

}  // namespace vireo::kernels
