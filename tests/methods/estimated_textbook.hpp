#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "methods/compressed_recursion.hpp"

namespace vireo::test {

/// How an EstimatedHalpern is run, in a test.
struct EstimatedTextbookSettings {
  double eta = 0.3;
  double p = 0.1;
  double a = 2;
  bool restart = false;
  bool safeguard = false;
  bool g = false;  ///< there is one: no residual is known at z^0
};

/// The recursion of EstimatedHalpern, written from its header; `difference` is the estimate of F(u) - F(v) that an
/// iteration uses.
class EstimatedTextbook {
 public:
  using Point = CompressedTextbook::Point;
  using Difference =
      std::function<Point(const CompressedTextbook& book, std::uint64_t k, const Point& u, const Point& v)>;

  EstimatedTextbook(const CompressedTextbook& book, EstimatedTextbookSettings how, Difference difference)
      : book_(book), how_(how), difference_(std::move(difference)), u_(book.z0()), u0_(u_), best_(u_), F_(book.F(u_)) {
    if (!how_.g) first_ = least_ = F_.norm();
  }

  /// z^{k+1}
  Point operator()(std::uint64_t k) {
    const double lambda = how_.a / (j_ + 2 * how_.a);
    const Point v = lambda * u0_ + (1 - lambda) * u_ - how_.eta * F_;
    const Point before = u_;
    u_ = book_.prox(how_.eta, v);
    const Point g = (v - u_) / how_.eta;
    ++j_;
    const double p = j_ <= 1 ? 1.0 : std::max(4.0 / (j_ + 4), how_.p);
    if (!book_.coin(k + 1, p)) {
      F_ += difference_(book_, k + 1, u_, before);
      return u_;
    }
    F_ = book_.F(u_);
    look_at((how_.g ? Point(F_ + g) : F_).norm());
    return u_;
  }

  [[nodiscard]] int restarts() const { return restarts_; }
  [[nodiscard]] int returns() const { return returns_; }

 private:
  void look_at(double r) {
    if (how_.safeguard && r > 10 * least_) {
      u_ = u0_ = best_;
      F_ = book_.F(u_);
      first_ = least_;
      how_.eta /= 2;
      j_ = 0;
      ++returns_;
      return;
    }
    if (r < least_) {
      least_ = r;
      best_ = u_;
    }
    if (first_ == std::numeric_limits<double>::infinity()) {
      first_ = r;
    } else if (how_.restart && r <= first_ / 2) {
      u0_ = u_;
      first_ = r;
      j_ = 0;
      ++restarts_;
    }
  }

  const CompressedTextbook& book_;
  EstimatedTextbookSettings how_;
  Difference difference_;
  Point u_, u0_, best_, F_;
  double j_ = 0;
  double first_ = std::numeric_limits<double>::infinity(), least_ = first_;
  int restarts_ = 0, returns_ = 0;
};

}  // namespace vireo::test
