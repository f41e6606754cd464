#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vireo/core/random.hpp"
#include "vireo/core/subset.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/exchange/layout.hpp"

namespace vireo {

/// The constants of a compressor that step sizes are made of, for messages of one dimension.
struct CompressorTheory {
  enum class Kind : std::uint8_t {
    unbiased,    ///< E Q(x) = x and E||Q(x)||^2 <= q ||x||^2
    contractive  ///< E||C(x) - x||^2 <= (1 - 1/delta) ||x||^2
  };
  Kind kind = Kind::unbiased;
  double q = 1;             ///< second moment, unbiased only; 1 is the identity
  double delta = 1;         ///< contractive only; 1 is the identity
  double density = 1;       ///< 1/beta: encoded bits over the bits of x
  bool independent = true;  ///< the workers' draws are independent of each other
};

/// The part of an encoded message that lies in one segment, as the receiver sees it: entries with increasing offsets.
struct Entries {
  std::vector<random::Offset> offsets;  ///< from the segment's beginning
  std::vector<double> values;
  void clear() {
    offsets.clear();
    values.clear();
  }
};

/// A map Q: R^d -> R^d with a short encoding. Stateless; all its randomness is a function of the key, so that the
/// same key gives the same map and a receiver can redraw what the sender drew.
///
/// A message travels in pieces, one per segment of the coordinates, because each rank adds up one segment.
class Compressor {
 public:
  Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  virtual ~Compressor() = default;

  /// constants for messages in R^d; throws UsageError if the parameters do not fit d
  [[nodiscard]] virtual CompressorTheory theory(Index dimension) const = 0;

  /// true for the identity alone: messages are the doubles themselves and are added without decoding
  [[nodiscard]] virtual bool identity() const { return false; }

  /// Exact size in bytes of a whole encoded message of dimension d.
  [[nodiscard]] virtual std::int64_t encoded_bytes(Index dimension) const = 0;

  /// Expected number of entries of a message of dimension d
  [[nodiscard]] virtual Index entries(Index dimension) const = 0;

  /// Offsets of Q(x)'s entries in the segment, found from the key alone.
  virtual void support(const random::Key& key, Index dimension, Range segment,
                       std::vector<random::Offset>& offsets) const = 0;

  /// Size in bytes of the piece that carries `count` entries.
  [[nodiscard]] virtual std::size_t piece_bytes(std::size_t count) const = 0;

  /// Writes the piece of Q(x) in the segment: x_segment are the coordinates of x there, support those of `support`.
  virtual void encode(Index dimension, ConstView x_segment, std::span<const random::Offset> support,
                      std::span<std::byte> piece) const = 0;

  /// Values of the entries of a piece, in the order of the support.
  virtual void decode(Index dimension, std::span<const std::byte> piece, std::span<const random::Offset> support,
                      std::vector<double>& values) const = 0;
};

using CompressorPointer = std::shared_ptr<const Compressor>;

}  // namespace vireo
