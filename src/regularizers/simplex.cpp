#include <cmath>

#include "regularizers/describe.hpp"
#include "regularizers/domain.hpp"
#include "regularizers/simplex_projection.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::regularizers {
namespace {

class Simplex final : public Regularizer {
 public:
  explicit Simplex(double total) : total_(total) {}

  void prox(double /*gamma*/, View z) const override { project_onto_simplex(total_, z); }
  [[nodiscard]] double value(ConstView z) const override {
    const double slack = domain_rounding * total_;
    double result = 0;
    for (const double coordinate : z) {
      if (std::isnan(coordinate)) return coordinate;
      if (coordinate < -slack) result = infinity;
    }
    return std::abs(kernels::sum(z) - total_) <= slack ? result : infinity;
  }
  [[nodiscard]] std::string description() const override { return "simplex of total " + format_real(total_); }

 private:
  double total_;
};

}  // namespace

RegularizerPlugIn simplex() {
  return plug_in(
      {.name = "simplex",
       .summary = "nonnegative coordinates with a given sum: mixed strategies, weights of groups",
       .formula = "g = indicator of {z_j >= 0, sum_j z_j = total};  prox: max(z_j - theta, 0), theta such that the sum "
                  "is total",
       .reference =
           "Michelot, A finite algorithm for finding the projection of a point onto the canonical simplex of R^n, "
           "JOTA 50, 1986; Condat, Fast projection onto the simplex and the l1 ball, Math. Programming 158, 2016",
       .parameters = {Parameter::positive("total", "1", "the sum of the coordinates")},
       .also_called = {"probability-simplex"}},
      [](const Parameters& parameters) { return make_simplex(parameters.real("total")); });
}

}  // namespace vireo::regularizers

namespace vireo {

RegularizerPointer make_simplex(double total) {
  regularizers::require(total > 0 && total < regularizers::infinity, "simplex: total", total, "total > 0");
  return std::make_shared<regularizers::Simplex>(total);
}

}  // namespace vireo
