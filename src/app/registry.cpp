#include "vireo/app/registry.hpp"

namespace vireo {

Registry Registry::builtin() {
  Registry registry;
  register_problems(registry);
  register_methods(registry);
  register_compressors(registry);
  register_regularizers(registry);
  return registry;
}

}  // namespace vireo
