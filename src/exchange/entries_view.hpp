#pragma once

#include <span>

#include "vireo/compressors/compressor.hpp"

namespace vireo::exchanging {

/// Entries of a message that stand in vectors or buffers of others: valid until these change.
struct EntriesView {
  std::span<const random::Offset> offsets;  ///< as in Entries
  ConstView values;
};

[[nodiscard]] inline EntriesView view_of(const Entries& entries) { return {entries.offsets, entries.values}; }

}  // namespace vireo::exchanging
