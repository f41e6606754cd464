#pragma once

#include "vireo/compressors/compressor.hpp"

namespace vireo::encoding {

/// Storage that `apply` uses again.
struct ApplyScratch {
  std::vector<random::Offset> support;
  Entries entries;
  Compressor::Bytes bytes;
};

/// Q(x) as a receiver sees it, encoded as one message and decoded, into scratch.entries.
void apply(const Compressor& compressor, const Message& message, ConstView x, ApplyScratch& scratch);

/// x <- Q(x)
void apply_in_place(const Compressor& compressor, const Message& message, View x, ApplyScratch& scratch);

/// Writes a segment's entries over `out`, zero elsewhere.
void spread(const Entries& entries, View out);

/// out -= the entries
void subtract(const Entries& entries, View out);

}  // namespace vireo::encoding
