#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <variant>
#include <vector>

#include "support/assembly.hpp"
#include "support/difference.hpp"
#include "support/worlds.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/core/subset.hpp"

namespace vireo::test {

/// the step that the heading shows, to six digits
inline double step_of(const Method& method) {
  const auto lines = method.description();
  EXPECT_EQ(lines.front().first, "step");
  return std::stod(lines.front().second);
}

/// F_m(z) of a worker of this rank, not counted
inline Vector F_m(const Assembly& run, Index m, ConstView z) {
  Vector out(z.size());
  run.problem->operators()->shard(m).mean(z, out);
  return out;
}

/// (d/k) x_j on a random subset, zero elsewhere: from the definition
inline Vector randk(const Vector& x, Index k, const random::Key& key) {
  std::vector<random::Offset> kept;
  random::Subset(key, x.size(), k).append_range(0, x.size(), kept);
  Vector out(x.size(), 0.0);
  for (const auto j : kept) out[j] = static_cast<double>(x.size()) / static_cast<double>(k) * x[j];
  return out;
}

/// the k entries of largest magnitude, ties to the lowest: from the definition
inline Vector topk(const Vector& x, Index k) {
  std::vector<Index> order(x.size());
  std::iota(order.begin(), order.end(), Index{0});
  std::ranges::stable_sort(order, [&](Index a, Index b) { return std::abs(x[a]) > std::abs(x[b]); });
  Vector out(x.size(), 0.0);
  for (Index i = 0; i < k; ++i) out[order[i]] = x[order[i]];
  return out;
}

/// b of n, drawn as the library does
inline std::vector<Index> subset(const random::Key& key, Index n, Index b) {
  std::vector<random::Offset> drawn;
  random::Subset(key, n, b).append_range(0, n, drawn);
  return {drawn.begin(), drawn.end()};
}

/// A method's state by name: what is listed can be read, and written back into another method.
class State final : public StateList {
 public:
  using Value = std::variant<Vector, WorkerVectors, SegmentVector, double, std::int64_t>;

  static State of(Method& method) {
    State state;
    method.list_state(state);
    return state;
  }
  /// the method goes on from this state
  void load_into(Method& method) {
    loading_ = true;
    method.list_state(*this);
    loading_ = false;
    method.restore();
  }
  template <class T>
  [[nodiscard]] const T& get(const std::string& name) const {
    return std::get<T>(values_.at(name));
  }

  template <class T>
  void set(const std::string& name, T value) {
    std::get<T>(values_.at(name)) = std::move(value);
  }

  State() = default;
  State(State&& other) noexcept : values_(std::move(other.values_)) {}

  void global(const std::string& name, Vector& value) override { visit(name, value); }
  void per_worker(const std::string& name, WorkerVectors& value) override { visit(name, value); }
  void by_segment(const std::string& name, SegmentVector& value) override { visit(name, value); }
  void scalar(const std::string& name, double& value) override { visit(name, value); }
  void scalar(const std::string& name, std::int64_t& value) override { visit(name, value); }

 private:
  template <class T>
  void visit(const std::string& name, T& value) {
    if (loading_)
      value = std::get<T>(values_.at(name));
    else
      EXPECT_TRUE(values_.emplace(name, value).second) << name << " is listed twice";
  }
  std::map<std::string, Value> values_;
  bool loading_ = false;
};

/// Two methods on the same problem, worker by worker and draw by draw the same: equal to `tolerance` of 1 + ||z||
/// for `iterations`.
inline void expect_equal_iterates(Assembly& one, Assembly& other, int iterations, double tolerance) {
  one.method->start(one.z0);
  other.method->start(other.z0);
  for (int k = 1; k <= iterations; ++k) {
    one.method->iterate();
    other.method->iterate();
    const double size = 1 + kernels::norm(one.method->point());
    ASSERT_LE(largest_difference(one.method->point(), other.method->point()), tolerance * size) << "k = " << k;
    const auto known = one.method->certificate(), also_known = other.method->certificate();
    ASSERT_EQ(known.has_value(), also_known.has_value()) << "k = " << k;
    if (known) {
      ASSERT_LE(largest_difference(known->point, also_known->point), tolerance * size) << "k = " << k;
    }
  }
  EXPECT_GT(kernels::squared_distance(one.method->point(), one.z0), 1e-4);  // it moved
}

}  // namespace vireo::test
