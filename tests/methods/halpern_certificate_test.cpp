// Pins the certificate behind certified Halpern steps: its values to the table that the theory was written with, the
// one-step inequalities that it sums up on thousands of random operators, and the variance of compressed and sampled
// differences that it is given.
#include "methods/halpern_certificate.hpp"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "methods/compressed_recursion.hpp"
#include "methods/masha_support.hpp"
#include "methods/sampling.hpp"
#include "methods/variance.hpp"
#include "problems/dense.hpp"

namespace vireo {
namespace {

TEST(HalpernCertificate, GivesTheTable) {
  struct Line {
    double n, plain, prox;
  };
  // p_j and b = sqrt(n) of Cai, Alacaoglu, Diakonikolas, rho = 1/b
  for (const auto& [n, plain, prox] :
       {Line{100, 0.534, 0.366}, Line{1000, 0.643, 0.469}, Line{1e4, 0.666, 0.492}, Line{1e5, 0.672, 0.492}}) {
    const double rho = 1 / std::ceil(std::sqrt(n));
    const methods::RefreshLaw law{4 / (std::sqrt(n) + 5)};
    EXPECT_NEAR(methods::cert_eta(methods::HalpernForm::plain, rho, law), plain, 5e-4) << n;
    EXPECT_NEAR(methods::cert_eta(methods::HalpernForm::prox, rho, law), prox, 5e-4) << n;
  }
}

// The program from which the table is, at more digits.
TEST(HalpernCertificate, AgreesWithTheReferenceProgram) {
  struct Case {
    methods::HalpernForm form;
    double rho, floor, eta;
  };
  for (const auto& [form, rho, floor, eta] :
       {Case{methods::HalpernForm::plain, 1.0 / 10, 4.0 / 15, 0.5336578497590874},
        Case{methods::HalpernForm::prox, 1.0 / 100, 4.0 / 105, 0.49207268836027906},
        Case{methods::HalpernForm::plain, 1.0 / 25, 0.005, 0.1953504133716882},
        Case{methods::HalpernForm::prox, 1.0 / 100, 0.02, 0.39355995207832684},
        Case{methods::HalpernForm::plain, 0.125, 0.05, 0.30469765255720027},
        Case{methods::HalpernForm::prox, 0.125, 0.05, 0.15660159239164084},
        Case{methods::HalpernForm::plain, 2.4375, 0.025, 0.05112869103872979}})
    EXPECT_NEAR(methods::cert_eta(form, rho, {floor}), eta, 1e-12);
}

// Rand-k with q = k/d from M workers, p = q and 4q: the closed forms are safe there (not for every rho: at rho = 5, p =
// 1/4 they are above what is proved).
TEST(HalpernCertificate, IsAtLeastTheClosedFormsOfCompression) {
  for (const auto& [M, q] :
       {std::pair{16, 0.25}, {16, 0.1}, {64, 0.25}, {64, 0.1}, {64, 0.02}, {256, 0.1}, {256, 0.02}})
    for (const double p : {q, 4 * q}) {
      const double rho = (1 / q - 1) / M, x = rho / p;
      EXPECT_GE(methods::cert_eta(methods::HalpernForm::plain, rho, {p}), 1 / (1 + 2 * std::sqrt(x)))
          << M << " " << q << " " << p;
      EXPECT_GE(methods::cert_eta(methods::HalpernForm::prox, rho, {p}), 1 / std::pow(1.25 + std::sqrt(1.2 * x), 2))
          << M << " " << q << " " << p;
    }
}

// Where nothing is random the proof is a plain sum, and what limits the step is its first term.
TEST(HalpernCertificate, WithoutVarianceIsTheDeterministicStep) {
  EXPECT_NEAR(methods::cert_eta(methods::HalpernForm::plain, 0, {1}), 0.969, 1e-3);
  EXPECT_NEAR(methods::cert_eta(methods::HalpernForm::plain, 0, {0.01}), 0.969, 1e-3);
  EXPECT_NEAR(methods::cert_eta(methods::HalpernForm::prox, 0, {1}), 0.646, 1e-3);
}

/// A finite sum of random (1/1)-cocoercive linear maps (I - R_i)/2, ||R_i|| <= 1, a random offset, anchor, point and
/// error, and one step of the iteration at a random k.
class RandomStep {
 public:
  using Vec = Eigen::VectorXd;
  static constexpr int d = 6, n = 5;

  explicit RandomStep(std::uint64_t seed) : random_(seed) {
    k = std::floor(60 * uniform());
    eta = std::pow(10, -1.5 + 2 * uniform());
    for (int i = 0; i < n; ++i) {
      Eigen::MatrixXd X(d, d);
      for (double& x : X.reshaped()) x = normal_(random_);
      X *= uniform() / test::largest_singular_value(X);
      J_.push_back((Eigen::MatrixXd::Identity(d, d) - X) / 2);
    }
    q_ = vector(1);
    u0 = vector(1);
    u = vector(std::pow(10, -1 + 2 * uniform()));
    e = vector(std::pow(10, -2 + 2 * uniform()));
  }

  [[nodiscard]] double uniform() { return uniform_(random_); }
  [[nodiscard]] Vec vector(double size) {
    Vec v(d);
    for (double& x : v) x = size * normal_(random_);
    return v;
  }
  [[nodiscard]] Vec F(const Vec& z) const {
    Vec sum = n * q_;
    for (const auto& J : J_) sum += J * z;
    return sum / n;
  }
  /// mean_i ||F_i(a) - F_i(b)||^2
  [[nodiscard]] double Delta(const Vec& a, const Vec& b) const {
    double sum = 0;
    for (const auto& J : J_) sum += (J * (a - b)).squaredNorm();
    return sum / n;
  }
  /// lambda u_0 + (1 - lambda) u - eta (F(u) + e)
  [[nodiscard]] Vec step(const Vec& from) const { return lambda() * u0 + (1 - lambda()) * from - eta * (F(from) + e); }
  [[nodiscard]] double lambda() const { return 2 / (k + 4); }
  [[nodiscard]] double B(double j) const { return (j + 2) * (j + 3); }

  double k, eta;
  Vec u0, u, e;

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  std::vector<Eigen::MatrixXd> J_;
  Vec q_;
};

constexpr int trials = 4000;

// C_{k+1} - C_k <= -B_k Delta_k / (ell lambda_k) + A_{k+1} (||dF||^2 - 2 <dF, e_k>) - (eta/4)(k+3)(k+6) ||F_k||^2
//                  - eta B_{k+1} <F_k, e_k>
TEST(HalpernCertificate, TheOneStepInequalityHoldsWithoutG) {
  double largest = -1;
  for (int t = 0; t < trials; ++t) {
    RandomStep s(static_cast<std::uint64_t>(t));
    const double k = s.k, eta = s.eta, A = eta * (k + 2) * (k + 3) * (k + 3) / 4,
                 A_next = eta * (k + 3) * (k + 4) * (k + 4) / 4;
    const auto next = s.step(s.u);
    const auto F = s.F(s.u), F_next = s.F(next);
    const Eigen::VectorXd dF = F_next - F;
    const double C = A * F.squaredNorm() + s.B(k) * F.dot(s.u - s.u0);
    const double C_next = A_next * F_next.squaredNorm() + s.B(k + 1) * F_next.dot(next - s.u0);
    const double bound = -s.B(k) / s.lambda() * s.Delta(next, s.u) + A_next * (dF.squaredNorm() - 2 * dF.dot(s.e)) -
                         eta * (k + 3) * (k + 6) / 4 * F.squaredNorm() - eta * s.B(k + 1) * F.dot(s.e);
    largest = std::max(largest, (C_next - C - bound) / (std::abs(C) + std::abs(C_next) + 1));
  }
  EXPECT_LE(largest, 1e-12);
  EXPECT_GT(largest, -1e-2);  // and is near equality somewhere
}

// C_{k+1} - C_k <= -B_k Delta_k / (ell lambda_k) + (eta/4)(k+3)(k+4)(k+6) ||dF - e_k||^2, for l1 and a box
TEST(HalpernCertificate, TheOneStepInequalityHoldsWithG) {
  double largest = -1;
  for (int t = 0; t < trials; ++t) {
    RandomStep s(static_cast<std::uint64_t>(t));
    const double k = s.k, eta = s.eta;
    const auto prox = [&](const Eigen::VectorXd& v) -> Eigen::VectorXd {
      return v.unaryExpr(
          [&](double x) { return std::clamp(std::copysign(std::max(std::abs(x) - 0.3 * eta, 0.0), x), -0.5, 0.5); });
    };
    const auto w = s.vector(1);
    const Eigen::VectorXd u = prox(w), g = (w - u) / eta;
    const auto v = s.step(u);
    const Eigen::VectorXd next = prox(v), g_next = (v - next) / eta;
    const Eigen::VectorXd H = s.F(u) + g, H_next = s.F(next) + g_next, dF = s.F(next) - s.F(u);
    const auto C = [&](double j, const Eigen::VectorXd& value, const Eigen::VectorXd& at) {
      return eta * (j + 2) * (j + 3) * (j + 4) / 4 * value.squaredNorm() + s.B(j) * value.dot(at - s.u0);
    };
    const double now = C(k, H, u), then = C(k + 1, H_next, next);
    const double bound =
        -s.B(k) / s.lambda() * s.Delta(next, u) + eta * (k + 3) * (k + 4) * (k + 6) / 4 * (dF - s.e).squaredNorm();
    largest = std::max(largest, (then - now - bound) / (std::abs(now) + std::abs(then) + 1));
  }
  EXPECT_LE(largest, 1e-12);
  EXPECT_GT(largest, -1e-1);
}

/// Variance of Q^serv( mean_m Q_m(D_m) ) over 4000 rounds, over mean_i ||F_i(u) - F_i(v)||^2; at most rho, up to five
/// standard errors.
void expect_variance_within(const std::string& problem, Index M, Index batch, const std::string& up,
                            const std::string& down, double least_of_rho) {
  SCOPED_TRACE(problem + ", b = " + std::to_string(batch) + ", " + up + " up, " + down + " down");
  test::on_simulated(1, [&](Communicator& comm) {
    test::Assembly run(comm, problem, "extragradient", "none", "none", 3, M);
    const test::CompressedTextbook book(run, up, down);
    const auto theory = [&](const std::string& spec) {
      return make_compressor(test::registry().compressors, spec)->theory(book.d, M);
    };
    const MethodContext context{*run.oracle, *run.exchange, *run.regularizer, {}, run.constants, 3};
    methods::SampledDifference difference(context, batch);
    const auto moments = difference.moments();
    const double rho =
        methods::variance_of_difference(theory(up), theory(down), moments.s, moments.W, static_cast<double>(M));

    Vector u(book.d), v(book.d), at_u(book.d), at_v(book.d);
    random::normals({.seed = 1}, 0, u);
    random::normals({.seed = 2}, 0, v);
    double Delta = 0;
    for (Index m = 0; m < M; ++m)
      for (Index i = 0; i < run.oracle->components_of(m); ++i) {
        run.problem->operators()->shard(m).batch_mean_pair({&i, 1}, u, v, at_u, at_v);
        Delta += kernels::squared_distance(at_u, at_v) / static_cast<double>(run.problem->components());
      }
    using Point = test::CompressedTextbook::Point;
    const Point mean = book.F(book.point(u)) - book.F(book.point(v));
    constexpr int rounds = 4000;
    double sum = 0, squares = 0;
    for (std::uint64_t k = 0; k < rounds; ++k) {
      const Point G = book.exchanged(k, [&](Index m) {
        Vector D(book.d);
        difference(m, static_cast<std::int64_t>(k), u, v, D);
        return Point(book.point(D));
      });
      const double x = (G - mean).squaredNorm() / Delta;
      sum += x;
      squares += x * x;
    }
    const double variance = sum / rounds;
    const double error = std::sqrt((squares / rounds - variance * variance) / rounds);
    EXPECT_LE(variance, rho + 5 * error);
    EXPECT_GE(variance, least_of_rho * rho);  // the bound says something
  });
}

TEST(HalpernCertificate, VarianceOfDifferencesIsWithinTheBound) {
  const std::string unlike = "rotations:dimension=20,components=28,spread=1";
  expect_variance_within(unlike, 28, 1, "randk:k=5", "none", 0.5);
  expect_variance_within(unlike, 7, 4, "randk:k=5", "none", 0.5);
  expect_variance_within(unlike, 7, 1, "none", "none", 0.05);
  expect_variance_within(unlike, 7, 2, "randk:k=5", "randk:k=10", 0.3);
  expect_variance_within(unlike, 7, 1, "randk-shared:k=5", "none", 0.3);
  expect_variance_within(unlike, 7, 4, "permk", "none", 0.02);
  expect_variance_within(unlike, 7, 4, "natural", "natural", 0.2);
  expect_variance_within(unlike, 5, 2, "randk:k=5", "none", 0.3);  // shards of 5 and 6
}

}  // namespace
}  // namespace vireo
