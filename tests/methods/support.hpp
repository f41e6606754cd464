#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <valarray>

#include "problems/component_cocoercivity.hpp"
#include "problems/similarity.hpp"
#include "support/assembly.hpp"
#include "support/difference.hpp"
#include "support/worlds.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::test {

struct MethodSettings {
  std::string uplink = "none";
  std::string downlink = "none";
  bool allow_unproven = false;
  std::optional<Constants> constants{};  ///< in place of the problem's
};

/// Another method for the problem of a run, on its exchange.
inline MethodPointer make_method(Assembly& run, const std::string& text, const MethodSettings& settings = {}) {
  const auto& all = registry();
  const auto compressor = [&](const std::string& spec) { return make_compressor(all.compressors, spec); };
  const auto spec = Spec::parse(text);
  const auto& entry = all.methods.find(spec.name);
  const Parameters parameters("method", spec, entry.parameters);
  Constants constants = settings.constants ? *settings.constants : run.constants;
  Ledger setup;
  run.exchange->book_to(setup);
  if (entry.needs_similarity && entry.needs_similarity(parameters))
    problems::determine_similarity(*run.problem->operators(), *run.exchange, constants);
  if (entry.needs_component_cocoercivity && entry.needs_component_cocoercivity(parameters) && !settings.constants)
    problems::determine_component_cocoercivity(*run.problem->operators(), *run.exchange, constants);
  run.exchange->book_to(run.ledger);
  return entry.make(parameters, MethodContext{.oracle = *run.oracle,
                                              .exchange = *run.exchange,
                                              .regularizer = *run.regularizer,
                                              .channel = {compressor(settings.uplink), compressor(settings.downlink)},
                                              .constants = constants,
                                              .seed = run.exchange->seed(),
                                              .allow_unproven = settings.allow_unproven,
                                              .make_compressor = compressor,
                                              .make_method = [&run, settings](const std::string& other) {
                                                return make_method(run, other, {.constants = settings.constants});
                                              }});
}

/// A vector that textbook recursions are written with.
using Point = std::valarray<double>;

/// All that a textbook recursion may use.
struct Textbook {
  Point z0;
  std::function<Point(const Point&)> F;
  std::function<Point(Point v, double gamma)> prox;
};

/// Given F, prox and z^0, makes a function whose k-th call returns z^k.
using Recursion = std::function<std::function<Point()>(const Textbook&)>;

/// 50 iterations of the method are those of the recursion, up to `tolerance` of 1 + ||z^k||.
inline void expect_recursion(const std::string& method, const std::string& problem, const RegularizerPointer& g,
                             const Recursion& recursion, double tolerance = 1e-12) {
  SCOPED_TRACE(method + " on " + problem + (g ? " with " + g->description() : ""));
  on_simulated(1, [&](Communicator& comm) {
    Assembly run(comm, problem, method, "none", "none", 1, std::nullopt, "", g);
    const auto point_of = [](ConstView z) { return Point(z.data(), z.size()); };
    const Textbook textbook{.z0 = point_of(run.z0),
                            .F =
                                [&](const Point& z) {
                                  return point_of(run.F({std::begin(z), z.size()}));
                                },
                            .prox =
                                [&](Point v, double gamma) {
                                  run.regularizer->prox(gamma, {std::begin(v), v.size()});
                                  return v;
                                }};
    const auto next = recursion(textbook);
    run.method->start(run.z0);
    Point z = textbook.z0;
    for (int k = 1; k <= 50; ++k) {
      run.method->iterate();
      z = next();
      const double size = 1 + std::sqrt(std::pow(z, 2.0).sum());
      ASSERT_LE(largest_difference({std::begin(z), z.size()}, run.method->point()), tolerance * size) << "k = " << k;
    }
    EXPECT_GT(std::sqrt(std::pow(z - textbook.z0, 2.0).sum()), 0.1);  // it moved
  });
}

/// The same on a quadratic game and a bilinear one, without g and with l1 and a box where the method takes a g.
inline void expect_recursion_everywhere(const std::string& method, const Recursion& recursion, bool with_g = true,
                                        double tolerance = 1e-12) {
  for (const char* problem : {"quadratic-game:dimension=20,components=8", "bilinear:dimension=20,components=8"}) {
    expect_recursion(method, problem, nullptr, recursion, tolerance);
    if (!with_g) continue;
    expect_recursion(method, problem, make_l1(0.05), recursion, tolerance);
    expect_recursion(method, problem, make_box(-0.2, 0.3), recursion, tolerance);
  }
}

}  // namespace vireo::test
