#pragma once

#include "methods/masha_support.hpp"
#include "methods/support.hpp"

namespace vireo::test {

/// What textbook recursions of the methods that sample all n components are written with: F, single components, prox,
/// the draws and the coin.
class SampledTextbook {
 public:
  /// the run has one rank; uniform: components are drawn alike
  SampledTextbook(Assembly& run, Index batch, bool uniform) : run_(run), batch_(batch), uniform_(uniform) {}

  [[nodiscard]] Point z0() const { return point_of(run_.z0); }
  [[nodiscard]] Point F(const Point& z) const { return point_of(run_.F(view(z))); }
  [[nodiscard]] Point prox(Point v, double gamma) const {
    run_.regularizer->prox(gamma, {std::begin(v), v.size()});
    return v;
  }
  /// n
  [[nodiscard]] double components() const { return static_cast<double>(run_.problem->components()); }
  /// F_S(u) - F_S(v), S the batch of step k
  [[nodiscard]] Point F_S_difference(std::uint64_t k, const Point& u, const Point& v) const {
    Point sum(0.0, u.size());
    for (const Index i : batch(k)) sum += estimate(i, u) - estimate(i, v);
    return sum / static_cast<double>(batch_);
  }
  [[nodiscard]] bool coin(std::uint64_t k, double p) const {
    return random::coin({.seed = run_.exchange->seed(), .purpose = random::Purpose::coin, .iteration = k}, p);
  }

 private:
  static Point point_of(ConstView z) { return Point(z.data(), z.size()); }
  static ConstView view(const Point& z) { return {std::begin(z), z.size()}; }

  [[nodiscard]] std::vector<Index> batch(std::uint64_t k) const {
    const random::Key key{.seed = run_.exchange->seed(), .purpose = random::Purpose::sample, .iteration = k};
    if (uniform_ && batch_ > 1) return subset(key, run_.problem->components(), batch_);
    random::Stream stream(key);
    std::vector<Index> drawn;
    for (Index i = 0; i < batch_; ++i) drawn.push_back(run_.problem->operators()->draw_component(stream));
    return drawn;
  }

  /// F_i(z) / (n p_i)
  [[nodiscard]] Point estimate(Index i, const Point& z) const {
    const Index n = run_.problem->components(), M = run_.problem->layout().workers();
    for (Index m = 0; m < M; ++m) {
      const Range held = part_of(n, M, m);
      if (!held.contains(i)) continue;
      Vector out(z.size());
      const Index local = i - held.begin;
      run_.problem->operators()->shard(m).batch_mean({&local, 1}, view(z), out);
      return point_of(out);
    }
    throw Error(ErrorKind::internal, "no such component");
  }

  Assembly& run_;
  Index batch_;
  bool uniform_;
};

/// Given the textbook's means, makes a function whose k-th call returns the k-th point.
using SampledRecursion = std::function<std::function<Point()>(const SampledTextbook&)>;

/// `iterations` of the method are those of the recursion, up to 1e-12 of 1 + ||z^k||, on games with and without g, on
/// shards of different sizes, and on one whose components are not drawn alike.
inline void expect_sampled_recursion(const std::string& method, Index batch, const SampledRecursion& recursion,
                                     int iterations = 50) {
  struct Setting {
    std::string problem;
    bool uniform;
    RegularizerPointer g;
  };
  const std::string quadratic = "quadratic-game:dimension=20,components=27";
  const std::string police = "matrix-game:matrix=policeman-burglar,rows=12,sampling=";
  for (const auto& setting :
       {Setting{quadratic, true, nullptr}, Setting{quadratic, true, make_l1(0.05)},
        Setting{quadratic, true, make_box(-0.2, 0.3)}, Setting{"bilinear:dimension=20,components=27", true, nullptr},
        Setting{police + "uniform", true, nullptr}, Setting{police + "importance", false, nullptr}})
    on_simulated(1, [&](Communicator& comm) {
      SCOPED_TRACE(method + " on " + setting.problem + (setting.g ? " with " + setting.g->description() : ""));
      Assembly run(comm, setting.problem, method, "none", "none", 7, 4, "", setting.g);
      const SampledTextbook book(run, batch, setting.uniform);
      const auto next = recursion(book);
      run.method->start(run.z0);
      Point z;
      for (int k = 1; k <= iterations; ++k) {
        run.method->iterate();
        z = next();
        const double size = 1 + std::sqrt(std::pow(z, 2.0).sum());
        ASSERT_LE(largest_difference({std::begin(z), z.size()}, run.method->point()), 1e-12 * size) << "k = " << k;
      }
      EXPECT_GT(std::sqrt(std::pow(z - book.z0(), 2.0).sum()), 1e-2);  // it moved
    });
}

}  // namespace vireo::test
