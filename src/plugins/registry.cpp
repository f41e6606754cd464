#include "vireo/plugins/registry.hpp"

namespace vireo {

Registry Registry::builtin() {
  Registry registry;
  register_problems(registry);
  register_methods(registry);
  register_compressors(registry);
  register_regularizers(registry);
  return registry;
}

CompressorPointer make_compressor(const Catalog<CompressorPlugIn>& catalog, const std::string& spec_text) {
  const auto spec = Spec::parse(spec_text);
  const auto& plug = catalog.find(spec.name);
  return plug.make(Parameters(catalog.kind(), spec, plug.parameters), catalog);
}

}  // namespace vireo
