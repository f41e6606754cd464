#include "plugins/chosen.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo {

CompressorPointer make_compressor(const Catalog<CompressorPlugIn>& catalog, const std::string& spec_text) {
  const auto chosen = choose(catalog, spec_text);
  return chosen.entry->make(chosen.parameters, catalog);
}

}  // namespace vireo
