#pragma once

#include "vireo/compressors/compressor.hpp"

namespace vireo {

/// Storage that `apply` uses again.
struct ApplyScratch {
  Entries entries;
  std::vector<std::byte> message;
};

/// x <- Q(x) as a receiver sees it: encoded as one message and decoded.
void apply(const Compressor& compressor, const random::Key& key, View x, ApplyScratch& scratch);

}  // namespace vireo
