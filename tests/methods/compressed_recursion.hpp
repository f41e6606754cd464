#pragma once

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "encoding/apply.hpp"
#include "support/assembly.hpp"
#include "support/worlds.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::test {

/// What the recursions of compressed methods are written with, in plain sums over the workers: F_m, prox and the
/// compressors' draws. For a run on one rank.
class CompressedTextbook {
 public:
  using Point = Eigen::VectorXd;
  using PerWorker = std::function<Point(Index m)>;

  CompressedTextbook(Assembly& run, const std::string& uplink, const std::string& downlink)
      : M(run.problem->layout().workers()),
        d(run.problem->dimension()),
        run_(run),
        up_(make_compressor(registry_.compressors, uplink)),
        down_(make_compressor(registry_.compressors, downlink)) {}

  [[nodiscard]] Point z0() const { return point(run_.z0); }
  [[nodiscard]] static Point point(ConstView z) {
    return Eigen::Map<const Point>(z.data(), static_cast<Eigen::Index>(z.size()));
  }
  [[nodiscard]] static ConstView view(const Point& z) { return {z.data(), static_cast<Index>(z.size())}; }

  [[nodiscard]] Point F(Index m, const Point& z) const {
    Point out(z.size());
    run_.problem->operators()->shard(m).mean(view(z), {out.data(), d});
    return out;
  }
  [[nodiscard]] Point F(const Point& z) const {
    return mean([&](Index m) { return F(m, z); });
  }
  [[nodiscard]] Point prox(double gamma, Point v) const {
    run_.regularizer->prox(gamma, {v.data(), d});
    return v;
  }
  [[nodiscard]] Point mean(const PerWorker& x) const {
    Point sum = Point::Zero(static_cast<Eigen::Index>(d));
    for (Index m = 0; m < M; ++m) sum += x(m);
    return sum / static_cast<double>(M);
  }

  /// Q_m(x) and Q^serv(x) of an exchange
  [[nodiscard]] Point up(Index m, std::uint64_t iteration, const Point& x) const {
    return compressed(*up_, {run_.exchange->seed(), random::Purpose::uplink, m, iteration}, x);
  }
  [[nodiscard]] Point down(std::uint64_t iteration, const Point& x) const {
    return compressed(*down_, {run_.exchange->seed(), random::Purpose::downlink, random::nobody, iteration}, x);
  }
  /// Q^serv( mean_m Q_m(x_m) )
  [[nodiscard]] Point exchanged(std::uint64_t iteration, const PerWorker& x) const {
    return down(iteration, mean([&](Index m) { return up(m, iteration, x(m)); }));
  }
  /// b_k
  [[nodiscard]] bool coin(std::uint64_t k, double p) const {
    return random::coin({.seed = run_.exchange->seed(), .purpose = random::Purpose::coin, .iteration = k}, p);
  }
  /// J_m, column by column
  [[nodiscard]] Eigen::MatrixXd J(Index m) const {
    const auto& shard = dynamic_cast<const AffineShard&>(run_.problem->operators()->shard(m));
    const auto size = static_cast<Eigen::Index>(d);
    Eigen::MatrixXd out(size, size);
    for (Eigen::Index j = 0; j < size; ++j) {
      const Point unit = Point::Unit(size, j);
      Point column(size);
      shard.apply(view(unit), {column.data(), d});
      out.col(j) = column;
    }
    return out;
  }
  [[nodiscard]] Eigen::MatrixXd J() const {
    Eigen::MatrixXd sum = J(0);
    for (Index m = 1; m < M; ++m) sum += J(m);
    return sum / static_cast<double>(M);
  }

  const Index M;
  const Index d;

 private:
  [[nodiscard]] Point compressed(const Compressor& Q, const random::Key& key, Point x) const {
    encoding::ApplyScratch scratch;
    encoding::apply_in_place(Q, {key, d, M}, {x.data(), d}, scratch);
    return x;
  }

  const Registry registry_ = Registry::builtin();
  Assembly& run_;
  CompressorPointer up_, down_;
};

/// The step that a method says it takes is this one, to the six digits that it shows.
inline void expect_step(const Method& method, double step) {
  EXPECT_NEAR(std::stod(method.description().front().second), step, 1e-5 * step);
}

/// 50 iterations of the method are those of `next`, whose k-th call returns z^{k+1}, up to `tolerance` of 1 + ||z||.
inline void expect_compressed_recursion(
    const std::string& problem, const std::string& method, const std::string& uplink, const std::string& downlink,
    const RegularizerPointer& g,
    const std::function<std::function<CompressedTextbook::Point(std::uint64_t k)>(const CompressedTextbook&)>&
        recursion,
    double tolerance = 1e-11) {
  SCOPED_TRACE(method + ", " + uplink + " up, " + downlink + " down, on " + problem +
               (g ? " with " + g->description() : ""));
  on_simulated(1, [&](Communicator& comm) {
    Assembly run(comm, problem, method, uplink, downlink, 9, std::nullopt, "", g);
    const CompressedTextbook book(run, uplink, downlink);
    const auto next = recursion(book);
    run.method->start(run.z0);
    CompressedTextbook::Point z = book.z0();
    for (std::uint64_t k = 0; k < 50; ++k) {
      run.method->iterate();
      z = next(k);
      const double distance = (z - CompressedTextbook::point(run.method->point())).lpNorm<Eigen::Infinity>();
      ASSERT_LE(distance, tolerance * (1 + z.norm())) << k;
    }
    EXPECT_GT((z - book.z0()).norm(), 1e-2);  // it moved
  });
}

/// What two methods do on the same problem stays together for 50 iterations.
inline void expect_same_iterates(const std::string& problem, const std::string& one, const std::string& other,
                                 const RegularizerPointer& g, double tolerance) {
  SCOPED_TRACE(one + " and " + other);
  on_simulated(1, [&](Communicator& comm) {
    Assembly a(comm, problem, one, "none", "none", 1, std::nullopt, "", g);
    Assembly b(comm, problem, other, "none", "none", 1, std::nullopt, "", g);
    a.method->start(a.z0);
    b.method->start(b.z0);
    for (int k = 0; k < 50; ++k) {
      a.method->iterate();
      b.method->iterate();
      ASSERT_LE(std::sqrt(kernels::squared_distance(a.method->point(), b.method->point())), tolerance) << k;
    }
  });
}

}  // namespace vireo::test
