#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vireo/compressors/holders.hpp"
#include "vireo/core/random.hpp"
#include "vireo/core/subset.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/exchange/layout.hpp"

namespace vireo {

/// The constants of a compressor that step sizes are made of, for messages of one dimension.
struct CompressorTheory {
  /// Which of the two inequalities holds; they call for different methods.
  enum class Kind : std::uint8_t {
    unbiased,    ///< E Q(x) = x and E||Q(x)||^2 <= q ||x||^2
    contractive  ///< E||C(x) - x||^2 <= (1 - 1/delta) ||x||^2
  };
  /// How the draws of the workers of one round hang together.
  enum class Draws : std::uint8_t {
    independent,  ///< each worker's own
    shared,       ///< one linear map for all workers
    partition     ///< each coordinate is sent by exactly one worker: E||mean_m Q_m(x_m)||^2 = mean_m ||x_m||^2
  };
  Kind kind = Kind::unbiased;  ///< decides which of the constants below mean something
  double q = 1;                ///< second moment, unbiased only; 1 is the identity
  double delta = 1;    ///< contractive; 1 is the identity. Unbiased: q, because Q/q is contractive with delta = q
  double growth = 4;   ///< contractive only: E||C(x)||^2 <= growth ||x||^2; 4 holds for all of them
  double density = 1;  ///< 1/beta: encoded bits over the bits of x
  Draws draws = Draws::independent;  ///< whether variances of the workers add up
};

/// What a message is: the key of its draws, its length d, and the number M of the workers that send with it.
struct Message {
  random::Key key;      ///< of the draws; receivers have it too
  Index dimension = 0;  ///< d
  Index workers = 1;    ///< M, for compressors that split the coordinates among the workers
};

/// What the pieces of one message have in common and follows from all of it: a norm, a threshold. Each compressor that
/// needs one derives its own.
struct Head {
  Head() = default;
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;
  virtual ~Head() = default;
};
/// Null where the pieces have nothing in common.
using HeadPointer = std::unique_ptr<const Head>;

/// The part of a message that lies in one segment of the coordinates.
struct Part {
  const Message& message;                     ///< that this is a part of
  Range segment;                              ///< coordinates that the part covers
  std::span<const random::Offset> support{};  ///< as `Compressor::support` gives it, for Support::key
};

/// What a piece decodes to: entries at increasing offsets, or, for Support::all alone, all values of the segment without
/// offsets.
struct Entries {
  std::vector<random::Offset> offsets;  ///< from the segment's beginning
  std::vector<double> values;           ///< one for each offset, or for each coordinate of the segment
  /// Empties both; their storage stays.
  void clear() {
    offsets.clear();
    values.clear();
  }
};

/// A map Q: R^d -> R^d with a short encoding. Stateless; all its randomness is a function of the message's key, so that
/// the same key gives the same map and a receiver can redraw what the sender drew.
///
/// A message travels in pieces, one per segment of the coordinates, because each rank adds up one segment. What a
/// coordinate decodes to does not depend on how the message is cut. Only finite numbers are encoded; if what they
/// become is not finite (d/k times a huge number), the message decodes to a NaN somewhere.
class Compressor {
 public:
  /// Where the places of a message's entries come from.
  enum class Support : std::uint8_t {
    key,  ///< redrawn from the key: values travel alone
    all,  ///< all coordinates
    data  ///< the message itself: pieces carry their places, and their sizes are not known beforehand
  };
  /// What pieces are appended to.
  using Bytes = std::vector<std::byte>;

  Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  virtual ~Compressor() = default;

  /// Constants for messages in R^d from M workers; throws UsageError if the parameters do not fit d
  [[nodiscard]] virtual CompressorTheory theory(Index dimension, Index workers) const = 0;

  /// true for the identity alone: messages are the doubles themselves and are added without decoding
  [[nodiscard]] virtual bool identity() const { return false; }

  /// the same for all messages
  [[nodiscard]] virtual Support support_kind() const = 0;

  /// Support::key: the c > 0 of a compressor whose pieces are the doubles c x_j, j in the support, and nothing else.
  /// What is not finite then arrives as such, and x outside of the support is never looked at. Such pieces are also
  /// written and read without `encode` and `decode`. 0, for all messages or for none: not such a one.
  [[nodiscard]] virtual double verbatim_factor(const Message& /*message*/) const { return 0; }

  /// Exact size in bytes of the whole message, encoded as one piece.
  [[nodiscard]] virtual std::int64_t encoded_bytes(const Message& message) const = 0;

  /// Support::key: offsets of Q(x)'s entries in the segment, appended in increasing order.
  virtual void support(const Message& /*message*/, Range /*segment*/, std::vector<random::Offset>& /*offsets*/) const {}

  /// Support::key and Support::all: size in bytes of a piece.
  [[nodiscard]] virtual std::size_t piece_bytes(const Part& /*part*/) const { return 0; }

  /// The head of the message, of which the caller holds the coordinates x in `held`; the holders of the others call it
  /// at the same time. Null where pieces need none.
  [[nodiscard]] virtual HeadPointer summarize(const Message& /*message*/, Range /*held*/, ConstView /*x*/,
                                              Holders& /*holders*/) const {
    return nullptr;
  }

  /// Appends the piece of Q(x) in the part's segment; x_segment are the coordinates of x there.
  virtual void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const = 0;

  /// Reads the piece at the beginning of `in`; returns how many bytes it has.
  virtual std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const = 0;
};

/// Shared, because a compressor has no state. Null stands for the identity.
using CompressorPointer = std::shared_ptr<const Compressor>;

}  // namespace vireo
