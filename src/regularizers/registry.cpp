#include "vireo/plugins/registry.hpp"

#include <limits>
#include <utility>

#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

void add(Registry& registry, PlugIn about, std::function<RegularizerPointer(const Parameters&)> make) {
  RegularizerPlugIn entry;
  static_cast<PlugIn&>(entry) = std::move(about);
  entry.make = [make = std::move(make)](const Parameters& parameters, Index /*size*/) { return make(parameters); };
  registry.regularizers.add(std::move(entry));
}

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr const char* proximal_algorithms =
    "Parikh, Boyd, Proximal algorithms, Foundations and Trends in Optimization 1(3), 2014, chapter 6";

}  // namespace

void register_regularizers(Registry& registry) {
  add(registry,
      {.name = "zero",
       .summary = "no regularizer and no constraint",
       .formula = "g(z) = 0;  prox: z",
       .reference = "-",
       .parameters = {}},
      [](const Parameters&) { return make_zero(); });

  add(registry,
      {.name = "l2",
       .summary = "squared Euclidean norm; makes g strongly convex",
       .formula = "g(z) = (weight/2) ||z||^2;  prox: z / (1 + gamma weight);  mu_g = weight",
       .reference = proximal_algorithms,
       .parameters = {Parameter::real("weight", "1", "the constant of strong convexity", 0, infinity)}},
      [](const Parameters& parameters) { return make_l2(parameters.real("weight")); });

  add(registry,
      {.name = "l1",
       .summary = "sum of magnitudes; makes solutions sparse",
       .formula = "g(z) = weight ||z||_1;  prox: sign(z_j) max(|z_j| - gamma weight, 0)",
       .reference = proximal_algorithms,
       .parameters = {Parameter::real("weight", "1", "factor of the norm", 0, infinity)}},
      [](const Parameters& parameters) { return make_l1(parameters.real("weight")); });

  add(registry,
      {.name = "box",
       .summary = "the same bounds on every coordinate",
       .formula = "g = indicator of {lower <= z_j <= upper};  prox: min(max(z_j, lower), upper)",
       .reference = proximal_algorithms,
       .parameters =
           {Parameter::real("lower", "-1", "lower bound, or -inf; at most upper", -infinity, infinity).or_infinite(),
            Parameter::real("upper", "1", "upper bound, or inf", -infinity, infinity).or_infinite()}},
      [](const Parameters& parameters) { return make_box(parameters.real("lower"), parameters.real("upper")); });

  add(registry,
      {.name = "nonnegative",
       .summary = "no coordinate below zero",
       .formula = "g = indicator of {z_j >= 0};  prox: max(z_j, 0)",
       .reference = proximal_algorithms,
       .parameters = {}},
      [](const Parameters&) { return make_nonnegative(); });

  add(registry,
      {.name = "ball",
       .summary = "Euclidean ball around 0",
       .formula = "g = indicator of {||z|| <= radius};  prox: z min(1, radius / ||z||)",
       .reference = proximal_algorithms,
       .parameters = {Parameter::positive("radius", "1", "radius of the ball")}},
      [](const Parameters& parameters) { return make_ball(parameters.real("radius")); });

  add(registry,
      {.name = "simplex",
       .summary = "nonnegative coordinates with a given sum: mixed strategies, weights of groups",
       .formula = "g = indicator of {z_j >= 0, sum_j z_j = total};  prox: max(z_j - theta, 0), theta such that the sum "
                  "is total",
       .reference =
           "Michelot, A finite algorithm for finding the projection of a point onto the canonical simplex of R^n, "
           "JOTA 50, 1986; Condat, Fast projection onto the simplex and the l1 ball, Math. Programming 158, 2016",
       .parameters = {Parameter::positive("total", "1", "the sum of the coordinates")}},
      [](const Parameters& parameters) { return make_simplex(parameters.real("total")); });
}

}  // namespace vireo
