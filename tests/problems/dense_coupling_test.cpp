// Pins the fused products of a dense coupling to their order of summation, bit for bit: whatever the width of the
// processor's vectors, the rows that share a pass, and whether the matrix is large enough to be asked for ahead.
#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "linalg/coupling.hpp"

namespace vireo {
namespace {

struct Shape {
  Index rows;
  Index columns;
};

/// One block of rows or several, with and without rest; columns in whole cache lines or not; the last is above 1 MiB.
const std::vector<Shape> shapes{{1, 1},   {1, 9},    {2, 8},    {3, 7},   {4, 16},   {5, 255},  {6, 256},
                                {7, 257}, {11, 300}, {12, 48},  {13, 47}, {15, 49},  {16, 304}, {23, 40},
                                {24, 1},  {25, 513}, {28, 100}, {47, 33}, {100, 99}, {401, 403}};

Vector normal(Index n, std::uint64_t stream) {
  Vector x(n);
  random::normals({.seed = 9, .iteration = stream}, 0, x);
  return x;
}

/// <A_i, y>: eight sums, of the columns that are equal modulo 8, added in pairs
double row_product(ConstView row, ConstView y) {
  std::array<double, 8> sums{};
  for (Index j = 0; j < row.size(); ++j) sums[j % 8] += row[j] * y[j];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

Vector Ay(const linalg::DenseCoupling& A, ConstView y) {
  Vector p(A.rows());
  for (Index i = 0; i < p.size(); ++i) p[i] = row_product(A.row(i), y);
  return p;
}

/// A'x, row after row
Vector Atx(const linalg::DenseCoupling& A, ConstView x) {
  Vector q(A.columns(), 0.0);
  for (Index i = 0; i < x.size(); ++i)
    for (Index j = 0; j < q.size(); ++j) q[j] += A.row(i)[j] * x[i];
  return q;
}

bool same_bits(ConstView a, ConstView b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

TEST(DenseCoupling, BothProductsHaveTheBitsOfTheirDefinition) {
  for (const auto& [rows, columns] : shapes) {
    linalg::DenseCoupling A(rows, columns);
    A.add_normals(1.0, {.seed = rows});
    const Vector x = normal(rows, 1);
    const Vector y = normal(columns, 2);
    Vector p(rows, 3.0);
    Vector q(columns, 3.0);
    A.multiply(x, y, p, q);
    EXPECT_TRUE(same_bits(p, Ay(A, y))) << rows << " x " << columns;
    EXPECT_TRUE(same_bits(q, Atx(A, x))) << rows << " x " << columns;
  }
}

TEST(DenseCoupling, APairHasTheBitsOfTwoSingleCalls) {
  for (const auto& [rows, columns] : shapes) {
    linalg::DenseCoupling A(rows, columns);
    A.add_normals(1.0, {.seed = rows});
    const std::array x{normal(rows, 1), normal(rows, 3)};
    const std::array y{normal(columns, 2), normal(columns, 4)};
    std::array p{Vector(rows), Vector(rows)};
    std::array q{Vector(columns), Vector(columns)};
    A.multiply_pair(x[0], y[0], p[0], q[0], x[1], y[1], p[1], q[1]);
    for (Index v = 0; v < 2; ++v) {
      EXPECT_TRUE(same_bits(p[v], Ay(A, y[v]))) << rows << " x " << columns << ", vector " << v;
      EXPECT_TRUE(same_bits(q[v], Atx(A, x[v]))) << rows << " x " << columns << ", vector " << v;
    }
  }
}

}  // namespace
}  // namespace vireo
