#include <algorithm>

#include "problems/matrix_game/quadratic_program.hpp"

namespace vireo::problems {
namespace {

class HardInstance final : public QuadraticProgram {
 public:
  explicit HardInstance(Index n) : n_(n) {}

  [[nodiscard]] Index variables() const override { return n_; }
  [[nodiscard]] Index constraints() const override { return n_; }

  linalg::LinesPointer columns(Range mine) override {
    return make(mine, 2 * n_, [this](Index j, const auto& put) {
      // H = 2 A'A is tridiagonal
      if (j > 0) put(j - 1, -0.125);
      put(j, j + 1 < n_ ? 0.25 : 0.125);
      if (j + 1 < n_) put(j + 1, -0.125);
      if (j + 1 < n_) put(n_ + (n_ - 2 - j), -0.25);
      put(n_ + (n_ - 1 - j), 0.25);
    });
  }
  linalg::LinesPointer rows(Range mine) override {
    return make(mine, n_, [this](Index i, const auto& put) {
      if (i + 1 < n_) put(n_ - 2 - i, -0.25);
      put(n_ - 1 - i, 0.25);
    });
  }
  std::shared_ptr<const Vector> offset() override {
    auto c = std::make_shared<Vector>(2 * n_, 0.0);
    (*c)[n_ - 1] = -0.25;
    std::fill(c->begin() + static_cast<std::ptrdiff_t>(n_), c->end(), -0.25);
    return c;
  }
  [[nodiscard]] std::string source() const override { return "generated"; }
  [[nodiscard]] bool convex() const override { return true; }
  [[nodiscard]] std::optional<Vector> solution() const override {
    Vector z(2 * n_, -0.5);
    for (Index j = 0; j < n_; ++j) z[j] = static_cast<double>(j + 1);
    return z;
  }
  [[nodiscard]] Vector initial_point() const override { return Vector(2 * n_, 1 / static_cast<double>(n_)); }

 private:
  template <class Fill>
  static linalg::LinesPointer make(Range mine, Index length, const Fill& fill) {
    linalg::SparseRows lines;
    for (Index l = mine.begin; l < mine.end; ++l) {
      fill(l, [&](Index place, double value) {
        lines.columns.push_back(static_cast<std::uint32_t>(place));
        lines.values.push_back(value);
      });
      lines.start.push_back(lines.values.size());
    }
    return std::make_shared<linalg::SparseLines>(std::move(lines), mine.size(), length);
  }

  Index n_;
};

}  // namespace

std::unique_ptr<QuadraticProgram> hard_quadratic_program(Index n) { return std::make_unique<HardInstance>(n); }

}  // namespace vireo::problems
