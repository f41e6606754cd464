#include <cmath>

#include "regularizers/domain.hpp"
#include "regularizers/simplex_projection.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo {
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

RegularizerPointer make_simplex(double total) {
  require(total > 0 && total < infinity, "simplex: total", total, "total > 0");
  return std::make_shared<Simplex>(total);
}

}  // namespace vireo
