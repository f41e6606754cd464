#include "problems/games/rotation_shard.hpp"

#include "vireo/core/kernels.hpp"

namespace vireo::problems {
namespace {

/// out = m z + share q over the complex numbers
void multiply_add(ConstView m, ConstView z, double share, ConstView q, View out) {
  for (Index c = 0; c < out.size(); c += 2) {
    out[c] = (m[c] * z[c] - m[c + 1] * z[c + 1]) + share * q[c];
    out[c + 1] = (m[c] * z[c + 1] + m[c + 1] * z[c]) + share * q[c + 1];
  }
}

}  // namespace

RotationShard::RotationShard(Vector multipliers, Index dimension, double weight)
    : multipliers_(std::move(multipliers)), mean_(dimension, 0.0), scratch_(dimension) {
  for (Index i = 0; i < components(); ++i)
    kernels::axpy(weight, ConstView(multipliers_).subspan(i * dimension, dimension), mean_);
  share_ = weight * static_cast<double>(components());
}

ConstView RotationShard::batch_multiplier(std::span<const Index> batch) const {
  const Index d = mean_.size();
  std::fill(scratch_.begin(), scratch_.end(), 0.0);
  for (const Index i : batch) kernels::axpy(1.0, ConstView(multipliers_).subspan(i * d, d), scratch_);
  kernels::scale(1 / static_cast<double>(batch.size()), scratch_);
  return scratch_;
}

void RotationShard::mean(ConstView z, View out) const { multiply_add(mean_, z, share_, *q_, out); }

void RotationShard::mean_pair(ConstView u, ConstView v, View out_u, View out_v) const {
  mean(u, out_u);
  mean(v, out_v);
}

void RotationShard::batch_mean(std::span<const Index> batch, ConstView z, View out) const {
  multiply_add(batch_multiplier(batch), z, 1.0, *q_, out);
}

void RotationShard::batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u,
                                    View out_v) const {
  const ConstView m = batch_multiplier(batch);
  multiply_add(m, u, 1.0, *q_, out_u);
  multiply_add(m, v, 1.0, *q_, out_v);
}

void RotationShard::apply(ConstView v, View out) const {
  for (Index c = 0; c < out.size(); c += 2) {
    out[c] = mean_[c] * v[c] - mean_[c + 1] * v[c + 1];
    out[c + 1] = mean_[c] * v[c + 1] + mean_[c + 1] * v[c];
  }
}

// The transpose of a multiplication is the multiplication by the conjugate.
void RotationShard::apply_transpose(ConstView v, View out) const {
  for (Index c = 0; c < out.size(); c += 2) {
    out[c] = mean_[c] * v[c] + mean_[c + 1] * v[c + 1];
    out[c + 1] = mean_[c] * v[c + 1] - mean_[c + 1] * v[c];
  }
}

// |m_i|^2 = Re m_i
void RotationShard::apply_mean_gram(ConstView v, View out) const {
  for (Index c = 0; c < out.size(); c += 2) {
    out[c] = mean_[c] * v[c];
    out[c + 1] = mean_[c] * v[c + 1];
  }
}

}  // namespace vireo::problems
