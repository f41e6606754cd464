#include "linalg/lines.hpp"

#include <algorithm>

#include "core/lanes.hpp"
#include "linalg/sparse_rows_kernel.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::linalg {
namespace {

/// Coordinates that are worked on at once: their sums stay in the first-level cache while the lines stream by.
constexpr Index chunk = 1024;
/// Lines that share one load and store of the sums
constexpr std::size_t block = 4;

/// out += sum_l c_l line_l for `count` lines, each of `length` numbers; the order of additions is that of the lines.
template <std::size_t count>
void add_block(const double* const* lines, const double* c, Index length, double* out) {
  for (Index j = 0; j < length; ++j) {
    double sum = out[j];
    for (std::size_t l = 0; l < count; ++l) sum += c[l] * lines[l][j];
    out[j] = sum;
  }
}

template <std::size_t count>
void add_block_pair(const double* const* lines, const double* c_u, const double* c_v, Index length, double* out_u,
                    double* out_v) {
  for (Index j = 0; j < length; ++j) {
    double sum_u = out_u[j];
    double sum_v = out_v[j];
    for (std::size_t l = 0; l < count; ++l) {
      sum_u += c_u[l] * lines[l][j];
      sum_v += c_v[l] * lines[l][j];
    }
    out_u[j] = sum_u;
    out_v[j] = sum_v;
  }
}

}  // namespace

DenseLines::DenseLines(Index count, Index length)
    : Lines(count, length), stride_((length + lanes - 1) / lanes * lanes), values_(count * stride_, 0.0) {}

void DenseLines::add(std::span<const Term> terms, View out) const {
  for (Index begin = 0; begin < length(); begin += chunk) {
    const Index width = std::min(chunk, length() - begin);
    double* const sum = out.data() + begin;
    const double* lines_of[block];
    double c[block];
    std::size_t filled = 0;
    for (const auto& term : terms) {
      if (term.coefficient == 0) continue;
      lines_of[filled] = values_.data() + term.line * stride_ + begin;
      c[filled] = term.coefficient;
      if (++filled < block) continue;
      add_block<block>(lines_of, c, width, sum);
      filled = 0;
    }
    for (std::size_t l = 0; l < filled; ++l) add_block<1>(lines_of + l, c + l, width, sum);
  }
}

void DenseLines::add_pair(std::span<const PairTerm> terms, View out_u, View out_v) const {
  for (Index begin = 0; begin < length(); begin += chunk) {
    const Index width = std::min(chunk, length() - begin);
    double* const sum_u = out_u.data() + begin;
    double* const sum_v = out_v.data() + begin;
    const double* lines_of[block];
    double c_u[block];
    double c_v[block];
    std::size_t filled = 0;
    for (const auto& term : terms) {
      // a zero that is not passed over changes no bit: no sum is ever -0
      if (term.coefficient_u == 0 && term.coefficient_v == 0) continue;
      lines_of[filled] = values_.data() + term.line * stride_ + begin;
      c_u[filled] = term.coefficient_u;
      c_v[filled] = term.coefficient_v;
      if (++filled < block) continue;
      add_block_pair<block>(lines_of, c_u, c_v, width, sum_u, sum_v);
      filled = 0;
    }
    for (std::size_t l = 0; l < filled; ++l) add_block_pair<1>(lines_of + l, c_u + l, c_v + l, width, sum_u, sum_v);
  }
}

double DenseLines::dot(Index i, ConstView v) const { return kernels::dot(line(i), v); }
void DenseLines::copy(Index i, View out) const { std::ranges::copy(line(i), out.begin()); }
double DenseLines::squared_norm(Index i) const { return kernels::squared_norm(line(i)); }

void SparseLines::add(std::span<const Term> terms, View out) const {
  for (const auto& term : terms)
    if (term.coefficient != 0) sparse::scatter(rows_, term.line, term.coefficient, sparse::One{nullptr, out.data()});
}

void SparseLines::add_pair(std::span<const PairTerm> terms, View out_u, View out_v) const {
  for (const auto& term : terms)
    if (term.coefficient_u != 0 || term.coefficient_v != 0)
      sparse::scatter(rows_, term.line, sparse::Pair{term.coefficient_u, term.coefficient_v},
                      sparse::Separate{nullptr, nullptr, out_u.data(), out_v.data()});
}

double SparseLines::dot(Index i, ConstView v) const { return sparse::dot(rows_, i, sparse::One{v.data(), nullptr}); }

void SparseLines::copy(Index i, View out) const {
  std::ranges::fill(out, 0.0);
  for (auto e = rows_.start[i]; e < rows_.start[i + 1]; ++e) out[rows_.columns[e]] = rows_.values[e];
}

double SparseLines::squared_norm(Index i) const {
  double sum = 0;
  for (auto e = rows_.start[i]; e < rows_.start[i + 1]; ++e) sum += rows_.values[e] * rows_.values[e];
  return sum;
}

}  // namespace vireo::linalg
