#include "problems/games/game_shard.hpp"

#include <algorithm>

#include "vireo/core/kernels.hpp"

namespace vireo::problems {
namespace {

/// (x, y) = z
struct Players {
  ConstView x;
  ConstView y;
};
Players split(ConstView z, Index rows) { return {z.first(rows), z.subspan(rows)}; }

}  // namespace

/// sign +1: J v; sign -1: J' v, which swaps the sign of the coupling.
void GameComponent::multiply(ConstView v, View out, double sign) const {
  const Index rows = A->rows();
  const auto [x, y] = split(v, rows);
  const View out_x = out.first(rows);
  const View out_y = out.subspan(rows);
  A->multiply(x, y, out_x, out_y);
  kernels::combine(sign, out_x, diagonal, x, out_x);
  kernels::combine(-sign, out_y, diagonal, y, out_y);
  const auto add_symmetric = [](const linalg::DenseCoupling& S, ConstView in, View sum) {
    Vector Sv(in.size());
    Vector unused(in.size());
    S.multiply(in, in, Sv, unused);
    kernels::axpy(1.0, Sv, sum);
  };
  if (P) add_symmetric(*P, x, out_x);
  if (Q) add_symmetric(*Q, y, out_y);
}

void GameComponent::apply_pair(ConstView u, ConstView v, View out_u, View out_v) const {
  if (P || Q) {
    apply(u, out_u);
    apply(v, out_v);
    return;
  }
  const Index rows = A->rows();
  const auto [x1, y1] = split(u, rows);
  const auto [x2, y2] = split(v, rows);
  A->multiply_pair(x1, y1, out_u.first(rows), out_u.subspan(rows), x2, y2, out_v.first(rows), out_v.subspan(rows));
  const auto finish = [&](ConstView z, View out) {
    const auto [x, y] = split(z, rows);
    kernels::combine(1.0, out.first(rows), diagonal, x, out.first(rows));
    kernels::combine(-1.0, out.subspan(rows), diagonal, y, out.subspan(rows));
  };
  finish(u, out_u);
  finish(v, out_v);
}

void GameComponent::add(double a, const GameComponent& other) {
  A->add(a, *other.A);
  if (P) P->add(a, *other.P);
  if (Q) Q->add(a, *other.Q);
  diagonal += a * other.diagonal;
  kernels::axpy(a, other.c, c);
}

void GameComponent::scale(double a) {
  A->scale(a);
  if (P) P->scale(a);
  if (Q) Q->scale(a);
  diagonal *= a;
  kernels::scale(a, c);
}

GameComponent GameComponent::zero_like() const {
  GameComponent zero;
  zero.A = A->zero_like();
  if (P) zero.P = std::make_unique<linalg::DenseCoupling>(P->rows(), P->columns());
  if (Q) zero.Q = std::make_unique<linalg::DenseCoupling>(Q->rows(), Q->columns());
  zero.c.assign(c.size(), 0.0);
  return zero;
}

std::size_t GameComponent::bytes() const {
  return A->bytes() + (P ? P->bytes() : 0) + (Q ? Q->bytes() : 0) + 8 * c.size();
}

GameShard::GameShard(std::vector<GameComponent> components, double weight) : weight_(weight) {
  if (components.size() == 1) {
    merged_ = std::move(components.front());
    merged_.scale(weight);
    return;
  }
  merged_ = components.front().zero_like();
  for (const auto& component : components) merged_.add(weight, component);
  components_ = std::move(components);
}

void GameShard::mean(ConstView z, View out) const {
  merged_.apply(z, out);
  kernels::axpy(1.0, merged_.c, out);
}

void GameShard::batch_mean(std::span<const Index> batch, ConstView z, View out) const {
  if (components_.empty()) {  // one component, stored as weight * F_0
    mean(z, out);
    kernels::scale(1 / weight_, out);
    return;
  }
  Vector term(z.size());
  std::fill(out.begin(), out.end(), 0.0);
  for (const Index i : batch) {
    components_[i].apply(z, term);
    kernels::axpy(1.0, term, out);
    kernels::axpy(1.0, components_[i].c, out);
  }
  kernels::scale(1.0 / static_cast<double>(batch.size()), out);
}

void GameShard::mean_pair(ConstView u, ConstView v, View out_u, View out_v) const {
  merged_.apply_pair(u, v, out_u, out_v);
  kernels::axpy(1.0, merged_.c, out_u);
  kernels::axpy(1.0, merged_.c, out_v);
}

void GameShard::batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const {
  if (components_.empty()) {
    mean_pair(u, v, out_u, out_v);
    kernels::scale(1 / weight_, out_u);
    kernels::scale(1 / weight_, out_v);
    return;
  }
  Vector term_u(u.size());
  Vector term_v(v.size());
  std::fill(out_u.begin(), out_u.end(), 0.0);
  std::fill(out_v.begin(), out_v.end(), 0.0);
  for (const Index i : batch) {
    const auto& component = components_[i];
    component.apply_pair(u, v, term_u, term_v);
    kernels::axpy(1.0, term_u, out_u);
    kernels::axpy(1.0, component.c, out_u);
    kernels::axpy(1.0, term_v, out_v);
    kernels::axpy(1.0, component.c, out_v);
  }
  kernels::scale(1.0 / static_cast<double>(batch.size()), out_u);
  kernels::scale(1.0 / static_cast<double>(batch.size()), out_v);
}

void GameShard::apply_mean_gram(ConstView v, View out) const {
  Vector Jv(v.size());
  if (components_.empty()) {
    merged_.apply(v, Jv);
    merged_.apply_transpose(Jv, out);
    kernels::scale(1 / weight_, out);  // weight J_0'J_0 from (weight J_0)'(weight J_0)
    return;
  }
  Vector term(v.size());
  std::fill(out.begin(), out.end(), 0.0);
  for (const auto& component : components_) {
    component.apply(v, Jv);
    component.apply_transpose(Jv, term);
    kernels::axpy(weight_, term, out);
  }
}

std::size_t GameShard::bytes() const {
  std::size_t total = merged_.bytes();
  for (const auto& component : components_) total += component.bytes();
  return total;
}

}  // namespace vireo::problems
