#include "vireo/regularizers/sets.hpp"

namespace vireo {
namespace {

class Zero final : public Regularizer {
 public:
  void prox(double /*gamma*/, View /*z*/) const override {}
  [[nodiscard]] double value(ConstView /*z*/) const override { return 0; }
  [[nodiscard]] bool zero() const override { return true; }
  [[nodiscard]] std::string description() const override { return "zero"; }
};

}  // namespace

RegularizerPointer make_zero() { return std::make_shared<Zero>(); }

}  // namespace vireo
