#include "compressors/apply.hpp"

#include <algorithm>

namespace vireo {

void apply(const Compressor& compressor, const random::Key& key, View x, ApplyScratch& scratch) {
  auto& [entries, message] = scratch;
  entries.clear();
  compressor.support(key, x.size(), {0, x.size()}, entries.offsets);
  message.resize(compressor.piece_bytes(entries.offsets.size()));
  compressor.encode(x.size(), x, entries.offsets, message);
  compressor.decode(x.size(), message, entries.offsets, entries.values);
  std::fill(x.begin(), x.end(), 0.0);
  for (std::size_t i = 0; i < entries.offsets.size(); ++i) x[entries.offsets[i]] = entries.values[i];
}

}  // namespace vireo
