#include "vireo/methods/method.hpp"

namespace vireo {

void Method::evaluate(ConstView z, View F) const {
  context_.exchange.mean([&](Index m, View x) { context_.oracle.mean(m, z, x); }, F);
}

}  // namespace vireo
