#pragma once

#include <Eigen/Dense>
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "methods/exact_moments.hpp"
#include "support/assembly.hpp"
#include "vireo/problems/problem.hpp"

/// Small random affine problems whose solution with a g of one's own is known.
namespace vireo::test {

/// F_i(z) = J_i (z - z*) + c_i, with c = mean c_i such that -c is in dg(z*)
struct AffineComponents {
  std::vector<Matrix> J;
  std::vector<Column> c;
  Column z0, solution;
};

inline Eigen::Map<const Column> as_column(ConstView z) { return {z.data(), static_cast<Eigen::Index>(z.size())}; }
inline Eigen::Map<Column> as_column(View z) { return {z.data(), static_cast<Eigen::Index>(z.size())}; }

/// Some of the components, as one worker holds them
class RandomAffineShard final : public AffineShard {
 public:
  RandomAffineShard(const AffineComponents& all, Range own, double workers)
      : all_(all), own_(own), weight_(workers / static_cast<double>(all.J.size())) {
    for (Index i = own.begin; i < own.end; ++i) J_ = i == own.begin ? all.J[i] : Matrix(J_ + all.J[i]);
    J_ *= weight_;
  }
  [[nodiscard]] Index components() const override { return own_.size(); }
  void mean(ConstView z, View out) const override {
    as_column(out).setZero();
    for (Index i = own_.begin; i < own_.end; ++i) as_column(out) += weight_ * component(i, z);
  }
  void batch_mean(std::span<const Index> batch, ConstView z, View out) const override {
    as_column(out).setZero();
    for (const auto i : batch) as_column(out) += component(own_.begin + i, z) / static_cast<double>(batch.size());
  }
  void apply(ConstView v, View out) const override { as_column(out) = J_ * as_column(v); }
  void apply_transpose(ConstView v, View out) const override { as_column(out) = J_.transpose() * as_column(v); }
  void apply_mean_gram(ConstView v, View out) const override {
    as_column(out).setZero();
    for (Index i = own_.begin; i < own_.end; ++i)
      as_column(out) += weight_ * (all_.J[i].transpose() * (all_.J[i] * as_column(v)));
  }

 private:
  [[nodiscard]] Column component(Index i, ConstView z) const {
    return all_.J[i] * (as_column(z) - all_.solution) + all_.c[i];
  }
  const AffineComponents& all_;
  Range own_;
  double weight_;
  Matrix J_;
};

class RandomAffine final : public Problem {
 public:
  RandomAffine(const ProblemContext& context, std::shared_ptr<const AffineComponents> all)
      : Problem(context.place(all->J.size())), all_(std::move(all)) {
    const Index M = layout().workers();
    for (Index m = 0; m < M; ++m)
      shards_.push_back(
          std::make_unique<RandomAffineShard>(*all_, part_of(components(), M, m), static_cast<double>(M)));
  }
  [[nodiscard]] Index dimension() const override { return static_cast<Index>(all_->z0.size()); }
  [[nodiscard]] Index components() const override { return all_->J.size(); }
  [[nodiscard]] bool affine() const override { return true; }
  [[nodiscard]] const Shard& shard(Index worker) const override { return *shards_[worker]; }
  [[nodiscard]] std::optional<Vector> solution() const override {
    return Vector(all_->solution.begin(), all_->solution.end());
  }
  [[nodiscard]] Vector initial_point() const override { return {all_->z0.begin(), all_->z0.end()}; }

 private:
  std::shared_ptr<const AffineComponents> all_;
  std::vector<std::unique_ptr<RandomAffineShard>> shards_;
};

/// Makes it known to specs as "random-affine", in place of the one before.
inline void set_random_affine(std::shared_ptr<const AffineComponents> all) {
  static std::shared_ptr<const AffineComponents> current;
  current = std::move(all);
  for (const auto& known : registry().problems.entries())
    if (known.name == "random-affine") return;
  ProblemPlugIn plug;
  plug.name = "random-affine";
  plug.make = [](const Parameters&, const ProblemContext& context) {
    return std::make_unique<RandomAffine>(context, current);
  };
  registry().problems.add(std::move(plug));
}

/// d in 2..6, `components` of them, of one of five kinds: their mean skew, symmetric or neither, mu 0 or not, and every
/// component cocoercive or the components apart
inline std::shared_ptr<AffineComponents> random_affine(Adversary& adversary, std::size_t components,
                                                       const Regularizer* g) {
  const auto d = static_cast<Eigen::Index>(2 + adversary.one_of(5));
  const auto kind = adversary.one_of(5);
  const double mu = kind == 0 ? 0 : std::pow(10, adversary.uniform(-2, 0));
  const double size = std::pow(10, adversary.uniform(-1, 1)), spread = std::pow(10, adversary.uniform(-2, 0.5));
  const auto monotone = [&](double least, bool symmetric) {
    const Matrix N = adversary.normals(d, d);
    Matrix J = 0.5 * (N - N.transpose());
    if (kind != 0) {
      const Matrix S = adversary.normals(d, d);
      J = (symmetric ? 0 : 1) * J + S * S.transpose() * adversary.uniform(0, 1) + least * Matrix::Identity(d, d);
    }
    return J;
  };
  auto out = std::make_shared<AffineComponents>();
  const Matrix base = size * monotone(mu, kind == 1);
  Matrix sum = Matrix::Zero(d, d);
  for (std::size_t i = 0; i < components; ++i) {
    out->J.push_back(kind == 4 ? Matrix(base + spread * monotone(0, false)) : Matrix(spread * adversary.normals(d, d)));
    sum += out->J.back() / static_cast<double>(components);
  }
  if (kind != 4)
    for (auto& J : out->J) J += base - sum;
  const Column v = adversary.normals(d, 1);
  out->solution = v;
  if (g != nullptr) g->prox(1.0, {out->solution.data(), static_cast<std::size_t>(d)});
  const double apart = std::pow(10, adversary.uniform(-1, 1));
  Column mean = Column::Zero(d);
  for (std::size_t i = 0; i < components; ++i) {
    out->c.emplace_back(apart * adversary.normals(d, 1));
    mean += out->c.back() / static_cast<double>(components);
  }
  for (auto& c : out->c) c += out->solution - v - mean;
  out->z0 = out->solution + std::pow(10, adversary.uniform(-1, 1)) * adversary.normals(d, 1);
  return out;
}

}  // namespace vireo::test
