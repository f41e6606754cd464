#include "linalg/coupling.hpp"

#include <algorithm>

#include "vireo/core/kernels.hpp"
#include "vireo/core/subset.hpp"

namespace vireo::linalg {

void Coupling::add(double a, const Coupling& B) { kernels::axpy(a, B.values_, values_); }
void Coupling::scale(double a) { kernels::scale(a, values_); }

// Banded

BandedCoupling::BandedCoupling(Index size, Index bandwidth)
    : size_(size), bandwidth_(std::min(bandwidth, size > 0 ? size - 1 : 0)) {
  values_.assign(size_ * (2 * bandwidth_ + 1), 0.0);
}

void BandedCoupling::multiply(ConstView x, ConstView y, View p, View q) const {
  std::fill(q.begin(), q.end(), 0.0);
  const Index width = 2 * bandwidth_ + 1;
  for (Index i = 0; i < size_; ++i) {
    const double* const values = values_.data() + i * width;
    const Index first = i > bandwidth_ ? i - bandwidth_ : 0;
    const Index last = std::min(size_ - 1, i + bandwidth_);
    double sum = 0;
    for (Index j = first; j <= last; ++j) {
      const double value = values[j + bandwidth_ - i];
      sum += value * y[j];
      q[j] += value * x[i];
    }
    p[i] = sum;
  }
}

std::unique_ptr<Coupling> BandedCoupling::zero_like() const {
  return std::make_unique<BandedCoupling>(size_, bandwidth_);
}

void BandedCoupling::add_normals(double a, const random::Key& key) {
  const Index width = 2 * bandwidth_ + 1;
  Vector line(width);
  for (Index i = 0; i < size_; ++i) {
    random::normals(key, i * width, line);
    for (Index b = 0; b < width; ++b) {
      const bool inside = i + b >= bandwidth_ && i + b - bandwidth_ < size_;
      if (inside) values_[i * width + b] += a * line[b];
    }
  }
}

// Sparse

SparseCoupling::SparseCoupling(Index size, Index per_row, std::uint64_t seed)
    : size_(size), per_row_(std::min(per_row, size)) {
  Places places;
  places.reserve(size_ * per_row_);
  for (Index i = 0; i < size_; ++i)
    random::Subset({.seed = seed, .purpose = random::Purpose::problem, .worker = random::nobody, .iteration = i + 1000},
                   size_, per_row_)
        .append_range(0, size_, places);
  places_ = std::make_shared<const Places>(std::move(places));
  values_.assign(places_->size(), 0.0);
}

SparseCoupling::SparseCoupling(Index size, Index per_row, std::shared_ptr<const Places> places)
    : size_(size), per_row_(per_row), places_(std::move(places)) {
  values_.assign(places_->size(), 0.0);
}

void SparseCoupling::multiply(ConstView x, ConstView y, View p, View q) const {
  std::fill(q.begin(), q.end(), 0.0);
  const double* value = values_.data();
  const std::uint32_t* column = places_->data();
  for (Index i = 0; i < size_; ++i) {
    double sum = 0;
    for (Index b = 0; b < per_row_; ++b, ++value, ++column) {
      sum += *value * y[*column];
      q[*column] += *value * x[i];
    }
    p[i] = sum;
  }
}

std::unique_ptr<Coupling> SparseCoupling::zero_like() const {
  return std::unique_ptr<SparseCoupling>(new SparseCoupling(size_, per_row_, places_));
}

void SparseCoupling::add_normals(double a, const random::Key& key) {
  Vector line(per_row_);
  for (Index i = 0; i < size_; ++i) {
    random::normals(key, i * per_row_, line);
    kernels::axpy(a, line, View(values_).subspan(i * per_row_, per_row_));
  }
}

}  // namespace vireo::linalg
