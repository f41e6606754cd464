#include "problems/checks/points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "vireo/core/kernels.hpp"
#include "vireo/core/random.hpp"

namespace vireo::problems::checks {
namespace {

constexpr std::uint64_t stream_points = 1000;  ///< others are in estimate_constants.cpp
constexpr int around = 5;

Vector moved(const Regularizer& g, ConstView from, double length, std::uint64_t stream) {
  Vector direction(from.size()), out(from.size());
  random::normals({.seed = 0, .purpose = random::Purpose::estimate, .iteration = stream_points + stream}, 0, direction);
  kernels::add_scaled(from, length, direction, out);
  g.prox(1.0, out);
  return out;
}

}  // namespace

Points draw_points(const Regularizer& g, ConstView z0) {
  Points points;
  const double size = std::max(1.0, kernels::norm(z0) / std::sqrt(static_cast<double>(std::max<Index>(1, z0.size()))));
  points.all.push_back(moved(g, z0, 0, 0));
  for (std::uint64_t i = 1; i <= around; ++i) points.all.push_back(moved(g, z0, size, i));
  for (std::uint64_t i = 0; i <= around; ++i) points.all.push_back(moved(g, points.all[i], 1e-3 * size, 100 + i));
  const auto pair = [&](const Vector& u, const Vector& v) {
    if (const double distance = kernels::distance(u, v); distance > 0) points.pairs.push_back({u, v, distance});
  };
  for (Index i = 0; i < around; ++i) pair(points.all[i], points.all[i + 1]);
  for (Index i = 0; i <= around; ++i) pair(points.all[i], points.all[around + 1 + i]);
  return points;
}

std::string text_of(ConstView z) {
  constexpr std::size_t shown = 4;
  std::string out;
  for (std::size_t j = 0; j < std::min(shown, z.size()); ++j) out += (j == 0 ? "" : ", ") + text_of(z[j]);
  return "(" + out + (z.size() > shown ? ", ...)" : ")");
}

std::string text_of(double value) { return fmt::format("{:.4g}", value); }

}  // namespace vireo::problems::checks
