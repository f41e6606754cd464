#include "vireo/plugins/registry.hpp"

#include "compressors/builtin.hpp"

namespace vireo {

void register_compressors(Registry& registry) {
  register_none(registry);
  register_randk(registry);
  register_permk(registry);
  register_topk(registry);
  register_dithering(registry);
  register_rounding(registry);
  register_sign(registry);
  register_induced(registry);
}

CompressorPointer make_compressor(const Shelf<CompressorPlugIn>& shelf, const std::string& spec_text) {
  const auto spec = Spec::parse(spec_text);
  const auto& plug = shelf.find(spec.name);
  return plug.make(Parameters(shelf.kind(), spec, plug.parameters), shelf);
}

}  // namespace vireo
