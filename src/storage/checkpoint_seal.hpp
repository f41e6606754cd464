#pragma once

#include <cstdint>
#include <string>

#include "vireo/comm/communicator.hpp"

/// The seal of a checkpoint: what its first 512 bytes (the HDF5 user block) say of all the others. It is checked before
/// HDF5 parses anything, so that a damaged file is never parsed (docs/checkpoint.md).
namespace vireo::checkpoint {

inline constexpr std::size_t seal_bytes = 512;
inline constexpr std::int64_t format_version = 1;

/// What a look at a file has shown.
struct Verdict {
  enum class Kind : std::uint8_t {
    good,
    missing,
    corrupt,      ///< was a checkpoint once, or should have become one
    incompatible  ///< something else, or of a newer version
  };
  Kind kind = Kind::good;
  std::string text;  ///< "<path>: what is wrong"; empty if good
};

/// Collective: computes the digest of the file, on all ranks together, and writes the seal; durable afterwards.
/// (Another version than this program's is for tests.) throws IoError or PeerFailure
void seal(Communicator& comm, const std::string& path, std::int64_t version = format_version);

/// A look at the kind of the file and at its seal, without the digest. Not collective. throws IoError where the device
/// fails
[[nodiscard]] Verdict glance(const std::string& path);

/// Collective: the same verdict on all ranks. throws IoError or PeerFailure where a file is there and the device fails
[[nodiscard]] Verdict examine(Communicator& comm, const std::string& path);

}  // namespace vireo::checkpoint
