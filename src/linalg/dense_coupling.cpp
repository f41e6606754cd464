#include <algorithm>
#include <array>

#include "core/lanes.hpp"
#include "linalg/coupling.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::linalg {
namespace {

/// Rows that share one load and store of q. The order of every sum is the same for any number: rows are added to q in
/// order, and each row's product has eight partial sums of its own.
#ifdef __AVX512F__
constexpr Index block_rows = 12;
#else
constexpr Index block_rows = 4;
#endif

/// How far ahead of its reading a pass asks for a row of A, in numbers: first into the second-level cache, then into
/// the first. The arithmetic fills the processor's window of instructions, so that by itself it looks ahead too little
/// to keep the memory busy, and its prefetchers stop at the end of each page.
constexpr Index far_ahead = 256;
constexpr Index near_ahead = 48;

/// Smaller matrices may stay in a core's own cache, and asking would only cost time.
constexpr std::size_t cached_bytes = std::size_t{1} << 20;

/// One vector pair of a fused pass; y and q are padded to whole lines.
struct Operands {
  const double* x;
  const double* y;
  double* p;
  double* q;
};

/// Columns in which the numbers to ask for are equally far away.
struct Columns {
  Index begin;
  Index end;
  Index far;
  Index near;
};

/// What lies ahead of the last columns of R rows is the beginning of the R rows that follow.
template <Index R>
std::array<Columns, 3> columns_of(Index stride) {
  constexpr Index next_rows = R - 1;  // row r of the next block starts R - 1 rows after the end of row r
  const Index far = std::min(far_ahead, stride);
  const Index near = std::min(near_ahead, stride);
  const Index jump = next_rows * stride;
  return {Columns{0, stride - far, far, near}, Columns{stride - far, stride - near, far + jump, near},
          Columns{stride - near, stride, far + jump, near + jump}};
}

/// p_r = <A_r, y> and q += sum_r x_r A_r for R rows from A, and for each of V operands.
template <Index R, Index V, bool ask_ahead>
void fused_rows(const double* A, Index stride, Index first, const std::array<Operands, V>& operands) {
  std::array<std::array<Lanes, R>, V> sums{};
  std::array<std::array<Lanes, R>, V> x;
  for (Index v = 0; v < V; ++v)
    for (Index r = 0; r < R; ++r) x[v][r] = broadcast(operands[v].x[first + r]);
  for (const auto& columns : columns_of<R>(stride)) {
    for (Index j = columns.begin; j < columns.end; j += lanes) {
      std::array<Lanes, V> q;
      std::array<Lanes, V> y;
      for (Index v = 0; v < V; ++v) {
        q[v] = load(operands[v].q + j);
        y[v] = load(operands[v].y + j);
      }
      for (Index r = 0; r < R; ++r) {
        const double* const at = A + r * stride + j;
        if constexpr (ask_ahead) {
          __builtin_prefetch(at + columns.far, 0, 2);
          __builtin_prefetch(at + columns.near, 0, 3);
        }
        const Lanes a = load(at);
        for (Index v = 0; v < V; ++v) {
          sums[v][r] += a * y[v];
          q[v] += a * x[v][r];
        }
      }
      for (Index v = 0; v < V; ++v) store(operands[v].q + j, q[v]);
    }
  }
  for (Index v = 0; v < V; ++v)
    for (Index r = 0; r < R; ++r) operands[v].p[first + r] = sum(sums[v][r]);
}

/// All rows from `first` on in blocks of R, as far as they go; returns the first row left over.
template <Index R, Index V>
Index fused_blocks(const double* A, Index rows, Index stride, Index first, const std::array<Operands, V>& operands) {
  const bool ask_ahead = 8 * rows * stride > cached_bytes;
  for (; first + R <= rows; first += R) {
    const double* const block = A + first * stride;
    ask_ahead ? fused_rows<R, V, true>(block, stride, first, operands)
              : fused_rows<R, V, false>(block, stride, first, operands);
  }
  return first;
}

template <Index V>
void fused(const double* A, Index rows, Index stride, const std::array<Operands, V>& operands) {
  Index next = fused_blocks<block_rows / V, V>(A, rows, stride, 0, operands);
  next = fused_blocks<4 / V, V>(A, rows, stride, next, operands);
  fused_blocks<1, V>(A, rows, stride, next, operands);
}

/// y padded with zeros, and a zero q of the same length: per thread, because shards of simulated ranks share nothing
/// else.
struct Padded {
  Vector y;
  Vector q;
  void fill(ConstView from, Index stride) {
    y.assign(stride, 0.0);
    std::copy(from.begin(), from.end(), y.begin());
    q.assign(stride, 0.0);
  }
};

}  // namespace

DenseCoupling::DenseCoupling(Index rows, Index columns)
    : rows_(rows), columns_(columns), stride_((columns + lanes - 1) / lanes * lanes) {
  values_.assign(rows_ * stride_, 0.0);
}

void DenseCoupling::multiply(ConstView x, ConstView y, View p, View q) const {
  thread_local Padded padded;
  padded.fill(y, stride_);
  fused<1>(values_.data(), rows_, stride_, {Operands{x.data(), padded.y.data(), p.data(), padded.q.data()}});
  std::copy_n(padded.q.begin(), columns_, q.begin());
}

void DenseCoupling::multiply_pair(ConstView x1, ConstView y1, View p1, View q1, ConstView x2, ConstView y2, View p2,
                                  View q2) const {
  thread_local Padded first;
  thread_local Padded second;
  first.fill(y1, stride_);
  second.fill(y2, stride_);
  fused<2>(values_.data(), rows_, stride_,
           {Operands{x1.data(), first.y.data(), p1.data(), first.q.data()},
            Operands{x2.data(), second.y.data(), p2.data(), second.q.data()}});
  std::copy_n(first.q.begin(), columns_, q1.begin());
  std::copy_n(second.q.begin(), columns_, q2.begin());
}

std::unique_ptr<Coupling> DenseCoupling::zero_like() const { return std::make_unique<DenseCoupling>(rows_, columns_); }

void DenseCoupling::add_normals(double a, const random::Key& key) {
  Vector line(columns_);
  for (Index i = 0; i < rows_; ++i) {
    random::normals(key, i * columns_, line);
    kernels::axpy(a, line, row(i));
  }
}

}  // namespace vireo::linalg
