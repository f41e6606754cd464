#include <cmath>

#include "problems/checks/trial.hpp"
#include "problems/in_context.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems::checks {
namespace {

using Fault = Trial::Fault;

/// True: a and b are one number to rounding, beside sums of the size `scale`.
bool same(double a, double b, double scale, double tolerance = 1e-9) { return std::abs(a - b) <= tolerance * scale; }

std::string unlike(const std::string& what, double a, double b) {
  return ": " + what + ": " + text_of(a) + " and " + text_of(b);
}

class AffineLook {
 public:
  AffineLook(Trial& trial, Index worker)
      : trial_(trial),
        worker_(worker),
        shard_(dynamic_cast<const AffineShard&>(trial.shard(worker))),
        a_(trial.problem.dimension()),
        b_(a_.size()),
        Ja_(a_.size()),
        Jb_(a_.size()),
        Ga_(a_.size()),
        Gb_(a_.size()) {
    kernels::subtract(u(), v(), a_);
    kernels::subtract(trial.points.all[3], v(), b_);
  }

  Fault fault() {
    if (auto found = of_apply()) return found;
    if (auto found = of_transpose()) return found;
    return of_gram();
  }

 private:
  [[nodiscard]] const Vector& u() const { return trial_.points.all[1]; }
  [[nodiscard]] const Vector& v() const { return trial_.points.all[2]; }

  Fault of_apply() {
    Vector of_u(a_.size()), of_v(a_.size());
    trial_.mean(worker_, u(), of_u);
    trial_.mean(worker_, v(), of_v);
    const double size = kernels::norm(of_u) + kernels::norm(of_v);
    kernels::subtract(of_u, of_v, of_u);
    of_worker(worker_, [&] { shard_.apply(a_, Ja_); });
    if (close(of_u, Ja_, size)) return std::nullopt;
    return ": apply(u-v) is " + text_of(kernels::distance(of_u, Ja_)) + " away from F_m(u) - F_m(v)";
  }

  Fault of_transpose() {
    of_worker(worker_, [&] { shard_.apply_transpose(b_, Jb_); });
    const double left = kernels::dot(Ja_, b_), right = kernels::dot(a_, Jb_);
    if (same(left, right, kernels::norm(Ja_) * kernels::norm(b_) + kernels::norm(a_) * kernels::norm(Jb_)))
      return std::nullopt;
    return unlike("apply and apply_transpose are of two matrices, <J a, b> and <a, J'b>", left, right);
  }

  Fault of_gram() {
    of_worker(worker_, [&] {
      shard_.apply_mean_gram(a_, Ga_);
      shard_.apply_mean_gram(b_, Gb_);
    });
    const double left = kernels::dot(Ga_, b_), right = kernels::dot(a_, Gb_);
    if (!same(left, right, kernels::norm(Ga_) * kernels::norm(b_) + kernels::norm(a_) * kernels::norm(Gb_)))
      return unlike("apply_mean_gram is not symmetric, <G a, b> and <a, G b>", left, right);
    const double found = kernels::dot(a_, Ga_);
    const double least = kernels::squared_norm(Ja_) / trial_.share_of(worker_);  // by Jensen's inequality
    if (found < least * (1 - 1e-6))
      return unlike("apply_mean_gram is too small, <a, G a> and its lower bound |J a|^2 n/(M r)", found, least);
    if (shard_.drawn_share() > 0 || !trial_.few_components()) return std::nullopt;
    const double squares = trial_.squares_of_components(worker_, u(), v());
    if (same(found, squares, std::abs(found) + squares, 1e-6)) return std::nullopt;
    return unlike("apply_mean_gram is not that of its components, <a, G a> and (M/n) sum_i |J_i a|^2", found, squares);
  }

  Trial& trial_;
  Index worker_;
  const AffineShard& shard_;
  Vector a_, b_, Ja_, Jb_, Ga_, Gb_;
};

}  // namespace

void check_affine(Trial& trial) {
  const std::string property = "affine";
  if (!trial.problem.affine()) return trial.skip(property, "not claimed");
  trial.of_workers(
      property,
      [&](Index m) -> Fault {
        if (trial.shard(m).components() == 0) return std::nullopt;
        if (dynamic_cast<const AffineShard*>(&trial.shard(m)) == nullptr)
          return ": affine() is true, but its shard is no AffineShard";
        return AffineLook(trial, m).fault();
      },
      "apply, apply_transpose and apply_mean_gram agree with F");
}

}  // namespace vireo::problems::checks
