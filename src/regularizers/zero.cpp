#include "regularizers/describe.hpp"
#include "vireo/regularizers/sets.hpp"

namespace vireo::regularizers {
namespace {

class Zero final : public Regularizer {
 public:
  void prox(double /*gamma*/, View /*z*/) const override {}
  [[nodiscard]] double value(ConstView /*z*/) const override { return 0; }
  [[nodiscard]] bool zero() const override { return true; }
  [[nodiscard]] std::string description() const override { return "zero"; }
};

}  // namespace

RegularizerPlugIn zero() {
  return plug_in({.name = "zero",
                  .summary = "no regularizer and no constraint",
                  .formula = "g(z) = 0;  prox: z",
                  .reference = "-",
                  .parameters = {}},
                 [](const Parameters&) { return make_zero(); });
}

}  // namespace vireo::regularizers

namespace vireo {

RegularizerPointer make_zero() { return std::make_shared<regularizers::Zero>(); }

}  // namespace vireo
