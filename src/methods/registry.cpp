#include "methods/builtin.hpp"

namespace vireo {

void register_methods(Registry& registry) {
  register_extragradient(registry);
  register_masha1(registry);
}

}  // namespace vireo
