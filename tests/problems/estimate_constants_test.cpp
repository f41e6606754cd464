// Pins what the estimates of L and L_ms by finite differences are worth on random monotone problems, whose Jacobians are
// known: with the margin they are above the truth as often as estimate_constants.hpp says. VIREO_ESTIMATES=504 makes the
// table that stands there and in docs/own-operator.md.
#include "problems/estimate_constants.hpp"

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <iostream>

#include "problems/dense.hpp"
#include "problems/determine_constants.hpp"
#include "support/worlds.hpp"
#include "vireo/problems/component_problem.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::test {
namespace {

using Matrix = Eigen::MatrixXd;
using Column = Eigen::VectorXd;

enum class Kind { normal, triangular, rank_one, saddle, tanh, softplus, hinge };
constexpr std::array names{"symmetric and skew", "triangular", "rank one", "saddle", "tanh", "softplus", "hinge"};
constexpr Index affine_kinds = 4;

class Draws {
 public:
  explicit Draws(std::uint64_t problem) : stream_({.seed = problem, .purpose = random::Purpose::problem}, 7) {}
  double uniform(double low, double high) { return low + (high - low) * stream_.uniform(); }
  double log_uniform(double low, double high) { return std::exp(uniform(std::log(low), std::log(high))); }
  Index whole(Index low, Index high) { return low + stream_.below(high - low + 1); }
  Matrix normals(Index rows, Index columns) {
    Matrix out(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
    for (auto& x : out.reshaped())
      x = std::sqrt(-2 * std::log(1 - stream_.uniform())) * std::cos(2 * 3.14159265358979 * stream_.uniform());
    return out;
  }

 private:
  random::Stream stream_;
};

/// F_m(z) = J_m z + c_m + A' (w o phi(A z - b)), phi rising with slopes of at most 1; the last term only in some.
struct Made {
  Kind kind = Kind::normal;
  std::vector<Matrix> J;
  std::vector<Column> c;
  Matrix A;
  Column w, b;
  Vector z0;
  RegularizerPointer g;

  [[nodiscard]] Index dimension() const { return static_cast<Index>(J.front().rows()); }
  [[nodiscard]] double phi(double t) const {
    if (kind == Kind::tanh) return std::tanh(t);
    return kind == Kind::softplus ? std::log1p(std::exp(-std::abs(t))) + std::max(t, 0.0) : std::max(t, 0.0);
  }
  [[nodiscard]] double slope(double t) const {
    if (kind == Kind::tanh) return 1 - std::tanh(t) * std::tanh(t);
    return kind == Kind::softplus ? 1 / (1 + std::exp(-t)) : (t > 0 ? 1.0 : 0.0);
  }
  /// that of F_m less J_m
  [[nodiscard]] Matrix bend(const Column& z) const {
    Column slopes = A * z - b;
    for (Eigen::Index j = 0; j < slopes.size(); ++j) slopes(j) = w(j) * slope(slopes(j));
    return A.transpose() * slopes.asDiagonal() * A;
  }
};

/// A monotone J of this kind, with ||J|| about 1
Matrix mean_matrix(Kind kind, Index d, Draws& draws) {
  const auto size = static_cast<Eigen::Index>(d);
  Matrix J = draws.normals(d, d) / std::sqrt(static_cast<double>(d));
  if (kind == Kind::saddle) {
    const Eigen::Index x = (size + 1) / 2, y = size - x;
    Matrix A = J.topRightCorner(x, y);
    for (Eigen::Index j = 0; j < y; ++j) A.col(j) *= std::pow(draws.uniform(0.2, 1), static_cast<double>(j % 6));
    J = draws.log_uniform(1e-3, 1) * Matrix::Identity(size, size);
    J.topRightCorner(x, y) += A;
    J.bottomLeftCorner(y, x) -= A.transpose();
    return J;
  }
  if (kind == Kind::triangular) J = Matrix(J.triangularView<Eigen::StrictlyUpper>()) * draws.uniform(1, 4);
  if (kind == Kind::rank_one)
    J = draws.uniform(1, 3) * draws.normals(d, 1) * draws.normals(1, d) / static_cast<double>(d);
  if (kind == Kind::triangular || kind == Kind::rank_one) {
    const double lowest = eigenvalues((J + J.transpose()) / 2)(0);
    return J + (std::max(0.0, -lowest) + draws.uniform(0, 0.1)) * Matrix::Identity(size, size);
  }
  const Matrix skew = (J - J.transpose()) / 2;
  return draws.uniform(0, 2) * skew + draws.log_uniform(1e-3, 1) * gram(J);
}

Made make(std::uint64_t number) {
  Draws draws(number);
  Made made;
  made.kind = static_cast<Kind>(number % names.size());
  const char* const given = std::getenv("VIREO_DIMENSION");
  const Index d = given != nullptr ? static_cast<Index>(std::atoi(given))
                                   : static_cast<Index>(std::round(draws.log_uniform(2, 60)));
  const Index M = draws.whole(1, 8);
  const bool affine = static_cast<Index>(made.kind) < affine_kinds;
  const Matrix mean = mean_matrix(affine ? made.kind : static_cast<Kind>(draws.whole(0, affine_kinds - 1)), d, draws);
  const double apart = draws.log_uniform(0.01, 1);
  const auto size = static_cast<Eigen::Index>(d);
  std::vector<Matrix> noise;
  for (Index m = 0; m < M; ++m) noise.push_back(draws.normals(d, d) * apart / std::sqrt(static_cast<double>(d)));
  for (Index m = 0; m < M; ++m) {
    made.J.push_back(M > 1 ? Matrix(mean + noise[m] - noise[(m + 1) % M]) : mean);
    made.c.push_back(draws.normals(d, 1));
  }
  made.A = Matrix::Zero(1, size);
  made.w = made.b = Column::Zero(1);
  if (!affine) {
    const Index terms = draws.whole(1, 2 * d);
    made.A = draws.normals(terms, d) / std::sqrt(static_cast<double>(d));
    made.b = draws.normals(terms, 1);
    made.w = draws.normals(terms, 1).cwiseAbs() * draws.log_uniform(0.1, 3);
  }
  made.z0 = Vector(d, 0.0);
  if (draws.whole(0, 1) == 1) {
    const Matrix far = draws.normals(d, 1) * draws.log_uniform(0.1, 10);
    std::ranges::copy(far.reshaped(), made.z0.begin());
  }
  const Index set = draws.whole(0, 3);
  if (set == 0) made.g = make_nonnegative();
  if (set == 1) made.g = make_box(-1, 2);
  return made;
}

class MadeProblem final : public ComponentProblem {
 public:
  MadeProblem(const ProblemContext& context, const Made& made)
      : ComponentProblem(context, made.dimension(), made.J.size()), made_(made) {}
  void component(Index i, ConstView z, View out) const override {
    const Column at = eigen(z);
    Column inner = made_.A * at - made_.b;
    for (Eigen::Index j = 0; j < inner.size(); ++j) inner(j) = made_.w(j) * made_.phi(inner(j));
    const Column F = made_.J[i] * at + made_.c[i] + made_.A.transpose() * inner;
    std::ranges::copy(F, out.begin());
  }

 private:
  const Made& made_;
};

struct Sizes {
  double L = 0, L_ms = 0;
};

/// The largest at points of the domain of g around z0, as far from it as the estimate looks; what that finds is no more
Sizes truth(const Made& made, const Regularizer& g, std::uint64_t number) {
  Draws draws(number + 1000000);
  const Index d = made.dimension();
  const auto M = static_cast<double>(made.J.size());
  Sizes out;
  const bool affine = static_cast<Index>(made.kind) < affine_kinds;
  const double size = std::max(1.0, eigen(made.z0).norm() / std::sqrt(static_cast<double>(d)));
  for (int point = 0; point < (affine ? 1 : 40); ++point) {
    Vector z = made.z0;
    const Matrix step = draws.normals(d, 1) * size * (point == 0 ? 0 : draws.log_uniform(0.1, 1));
    for (Index j = 0; j < d; ++j) z[j] += step(static_cast<Eigen::Index>(j), 0);
    g.prox(1.0, z);
    const Matrix bend = made.bend(eigen(z));
    Matrix mean = Matrix::Zero(step.rows(), step.rows());
    Matrix squares = mean;
    for (const auto& J : made.J) {
      mean += (J + bend) / M;
      squares += gram(J + bend) / M;
    }
    out.L = std::max(out.L, std::sqrt(eigenvalues(gram(mean)).tail(1)(0)));
    out.L_ms = std::max(out.L_ms, std::sqrt(eigenvalues(squares).tail(1)(0)));
  }
  return out;
}

/// Of the estimate before its margin to the truth
struct Ratios {
  std::vector<double> L, L_ms, margin;
};

void print(const std::string& name, std::vector<double> ratios) {
  std::ranges::sort(ratios);
  const auto at = [&](double part) {
    return ratios[static_cast<std::size_t>(part * static_cast<double>(ratios.size() - 1))];
  };
  std::cout << std::setw(28) << name << std::fixed << std::setprecision(4);
  for (const double part : {0.0, 0.01, 0.05, 0.5, 1.0}) std::cout << std::setw(9) << at(part);
  for (const double margin : {1.0, 1.01, 1.1, 1.2, 1.3, 1.5})
    std::cout << std::setw(8) << std::setprecision(1)
              << 100.0 * static_cast<double>(std::ranges::count_if(ratios, [&](double r) { return r * margin >= 1; })) /
                     static_cast<double>(ratios.size());
  std::cout << "\n";
}

/// The part of the problems on which both are above the truth with the margin
double covered(const Ratios& ratios) {
  Index good = 0;
  for (std::size_t i = 0; i < ratios.margin.size(); ++i)
    if (std::min(ratios.L[i], ratios.L_ms[i]) * ratios.margin[i] >= 1) ++good;
  return static_cast<double>(good) / static_cast<double>(ratios.margin.size());
}

TEST(EstimatedConstants, CoverTheTruth) {
  const char* const text = std::getenv("VIREO_ESTIMATES");
  const auto problems = static_cast<std::uint64_t>(text != nullptr ? std::atoi(text) : 126);
  std::vector<Ratios> ratios(names.size());
  on_simulated(1, [&](Communicator& comm) {
    for (std::uint64_t number = 0; number < problems; ++number) {
      const Made made = make(number);
      const MadeProblem problem(ProblemContext(comm, made.J.size(), 1, ""), made);
      const Index d = problem.dimension();
      std::vector<BlockRegularizer::Part> parts;
      if (made.g) parts.push_back({"z", {0, d}, made.g});
      const BlockRegularizer g(d, std::move(parts));
      Exchange exchange(comm, problem.layout(), d, 1);
      Ledger ledger;
      exchange.book_to(ledger);
      Vector z0 = made.z0;
      g.prox(1.0, z0);
      const auto found = problems::estimate_constants(problem, exchange, g, z0);
      const auto real = truth(made, g, number);
      auto& of_kind = ratios[static_cast<std::size_t>(made.kind)];
      of_kind.margin.push_back(found.margin);
      of_kind.L.push_back(std::min(1.0, found.L / real.L));
      of_kind.L_ms.push_back(std::min(1.0, std::max(found.L, found.L_ms) / real.L_ms));
    }
  });
  Ratios affine, bent;
  for (std::size_t kind = 0; kind < names.size(); ++kind) {
    auto& all = kind < affine_kinds ? affine : bent;
    for (auto list : {&Ratios::L, &Ratios::L_ms, &Ratios::margin})
      (all.*list).insert((all.*list).end(), (ratios[kind].*list).begin(), (ratios[kind].*list).end());
  }
  if (std::getenv("VIREO_DIMENSION") == nullptr) {
    EXPECT_EQ(covered(affine), 1);
    EXPECT_GE(covered(bent), 0.95);
    EXPECT_EQ(std::ranges::count(affine.margin, 1.01), affine.margin.size());
    EXPECT_LE(std::ranges::count(bent.margin, 1.01), 0.05 * static_cast<double>(bent.margin.size()));
  }
  if (text == nullptr) return;
  std::cout
      << "estimate / truth:                 least       1%       5%   median  largest;  % covered with margin 1, 1.01, "
         "1.1, 1.2, 1.3, 1.5\n";
  for (std::size_t kind = 0; kind < names.size(); ++kind) {
    print(std::string(names[kind]) + ", L", ratios[kind].L);
    print(std::string(names[kind]) + ", L_ms", ratios[kind].L_ms);
  }
  print("affine, L", affine.L);
  print("affine, L_ms", affine.L_ms);
  print("not affine, L", bent.L);
  print("not affine, L_ms", bent.L_ms);
}

TEST(EstimatedConstants, HaveTheSameBitsOnAnyNumberOfRanks) {
  for (const std::uint64_t number : {1, 3, 4, 18}) {
    const Made made = make(number);
    std::optional<std::pair<double, double>> first;
    for (const int ranks : {1, 2, 3, 5})
      on_simulated(ranks, [&](Communicator& comm) {
        const MadeProblem problem(ProblemContext(comm, made.J.size(), 1, ""), made);
        const BlockRegularizer g(problem.dimension(), {});
        Exchange exchange(comm, problem.layout(), problem.dimension(), 1);
        Ledger ledger;
        exchange.book_to(ledger);
        const auto found = problems::estimate_constants(problem, exchange, g, made.z0);
        const std::pair mine{found.L, found.L_ms};
        if (ranks == 1) first = mine;
        EXPECT_EQ(mine, *first) << number << ", " << ranks;
        EXPECT_LE(combine(comm, ledger.oracle_calls, Reduction::sum), 140 * static_cast<std::int64_t>(made.J.size()));
      });
  }
}

}  // namespace
}  // namespace vireo::test
