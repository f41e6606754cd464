#include "vireo/compressors/compressor.hpp"

namespace vireo {

CompressorPointer make_compressor(const Catalog<CompressorPlugIn>& catalog, const std::string& spec_text) {
  const auto spec = Spec::parse(spec_text);
  const auto& plug = catalog.find(spec.name);
  return plug.make(Parameters(catalog.kind(), spec, plug.parameters), catalog);
}

}  // namespace vireo
