#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "vireo/core/layout.hpp"
#include "vireo/core/random.hpp"
#include "vireo/core/reduction.hpp"
#include "vireo/core/subset.hpp"
#include "vireo/core/vector.hpp"
#include "vireo/plugins/catalog.hpp"

namespace vireo {

/// The constants of a compressor from which step sizes are computed, for messages of one dimension.
struct CompressorTheory {
  /// Which of the two inequalities holds. They call for different methods.
  enum class Kind : std::uint8_t {
    unbiased,    ///< E Q(x) = x and E||Q(x)||^2 <= q ||x||^2
    contractive  ///< E||C(x) - x||^2 <= (1 - 1/delta) ||x||^2
  };
  /// How the random draws of different workers in one round are related.
  enum class Draws : std::uint8_t {
    independent,  ///< each worker draws for itself
    shared,       ///< all workers apply one linear map
    /// Each coordinate is sent by exactly one worker: E||mean_m Q_m(x_m)||^2 = mean_m ||x_m||^2.
    partition
  };
  Kind kind = Kind::unbiased;  ///< which of the constants below have a meaning
  double q = 1;                ///< unbiased only: the second moment; 1 for the identity
  /// Contractive: the constant of the inequality; 1 for the identity. Unbiased: q, because Q/q is
  /// contractive with delta = q.
  double delta = 1;
  double growth = 4;                 ///< contractive only: E||C(x)||^2 <= growth ||x||^2; 4 always holds
  double density = 1;                ///< 1/beta: encoded bits over the bits of x
  Draws draws = Draws::independent;  ///< determines the variance of a mean over workers
};

/// Describes a message: the key of its draws, its length d, and the number M of workers that send in its
/// round.
struct Message {
  random::Key key;      ///< key of the draws; receivers know it too
  Index dimension = 0;  ///< d, the length of the vector
  Index workers = 1;    ///< M, for compressors that split the coordinates among the workers
};

/// The ranks that hold the segments of one message, for finding a number that depends on the whole message.
/// They exchange integers only, so that the result does not depend on how the message is cut. This base
/// class stands for one rank that holds the whole message.
class Holders {
 public:
  Holders() = default;
  Holders(const Holders&) = delete;
  Holders& operator=(const Holders&) = delete;
  virtual ~Holders() = default;

  /// true: the caller holds the whole message
  [[nodiscard]] virtual bool alone() const { return true; }
  /// Joins values[i] of all holders by how[i].
  virtual void combine(std::span<std::int64_t> /*values*/, std::span<const Reduction> /*how*/) {}
  /// The sum of `value` over the holders of earlier segments.
  virtual std::int64_t before(std::int64_t /*value*/) { return 0; }
};

/// Collective over the holders: max_j |x_j| of the whole message; NaN if it contains a NaN.
[[nodiscard]] double largest_magnitude(ConstView x, Holders& holders);

/// Collective over the holders: ||x||_1 of the whole message in R^d, given its largest magnitude. The terms
/// are added as integers relative to `largest`. So the sum is good to the last bits of a double, and does
/// not depend on how the message is cut. NaN or infinite if `largest` is.
[[nodiscard]] double l1_norm(ConstView x, double largest, Index dimension, Holders& holders);
/// Collective over the holders: ||x||_2 of the whole message, computed in the same way.
[[nodiscard]] double l2_norm(ConstView x, double largest, Index dimension, Holders& holders);

/// What all pieces of one message share and what depends on the whole message, such as a norm or a
/// threshold. Each compressor that needs one derives a class of its own.
struct Head {
  Head() = default;
  Head(const Head&) = delete;
  Head& operator=(const Head&) = delete;
  virtual ~Head() = default;
};
/// Null if the pieces share nothing.
using HeadPointer = std::unique_ptr<const Head>;

/// The part of a message that lies in one segment of the coordinates.
struct Part {
  const Message& message;                     ///< the whole message
  Range segment;                              ///< the coordinates that the part covers
  std::span<const random::Offset> support{};  ///< for Support::key: what `Compressor::support` gives
};

/// What a piece decodes to: entries at increasing offsets, or, for Support::all only, all values of the
/// segment without offsets.
struct Entries {
  std::vector<random::Offset> offsets;  ///< counted from the beginning of the segment
  std::vector<double> values;           ///< one for each offset, or for each coordinate of the segment
  /// Empties both, and keeps their storage.
  void clear() {
    offsets.clear();
    values.clear();
  }
};

/// A map Q: R^d -> R^d with a short encoding. It has no state. All its randomness is a function of the
/// message's key, so that the same key gives the same map, and a receiver can draw again what the sender
/// drew.
///
/// A message travels in pieces, one for each segment of the coordinates, because each rank adds up one
/// segment. What a coordinate decodes to must not depend on how the message is cut. Only finite numbers are
/// encoded. If the result is not finite (d/k times a huge number), the message decodes to a NaN at some
/// coordinate.
class Compressor {
 public:
  /// How a receiver knows which coordinates the entries of a message belong to.
  enum class Support : std::uint8_t {
    key,  ///< it draws them again from the key: values travel alone
    all,  ///< the message has an entry for each coordinate
    data  ///< the pieces say so, and their sizes are not known beforehand
  };
  /// A buffer to which pieces are appended.
  using Bytes = std::vector<std::byte>;

  Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  virtual ~Compressor() = default;

  /// The constants for messages in R^d from M workers. Throws UsageError if the parameters do not fit d.
  [[nodiscard]] virtual CompressorTheory theory(Index dimension, Index workers) const = 0;

  /// True for the identity only: its messages are the doubles themselves, and are added without decoding.
  [[nodiscard]] virtual bool identity() const { return false; }

  /// How receivers know the coordinates; the same for all messages
  [[nodiscard]] virtual Support support_kind() const = 0;

  /// For Support::key: if the pieces are the doubles c x_j for j in the support and nothing else, this
  /// returns the factor c > 0, and otherwise 0. It is 0 for all messages or for none. With a factor, numbers
  /// that are not finite arrive as they are, x outside of the support is never read, and the exchange may
  /// write and read the pieces without calling `encode` and `decode`.
  [[nodiscard]] virtual double verbatim_factor(const Message& /*message*/) const { return 0; }

  /// The exact size in bytes of the whole message, encoded as one piece.
  [[nodiscard]] virtual std::int64_t encoded_bytes(const Message& message) const = 0;

  /// For Support::key: appends the offsets of the entries of Q(x) in the segment, in increasing order.
  virtual void support(const Message& /*message*/, Range /*segment*/, std::vector<random::Offset>& /*offsets*/) const {}

  /// For Support::key and Support::all: the size in bytes of a piece.
  [[nodiscard]] virtual std::size_t piece_bytes(const Part& /*part*/) const { return 0; }

  /// Computes the head of the message. The caller holds the coordinates `held` of it, with values x; the
  /// holders of the other coordinates call it at the same time. Null if the pieces need no head.
  [[nodiscard]] virtual HeadPointer summarize(const Message& /*message*/, Range /*held*/, ConstView /*x*/,
                                              Holders& /*holders*/) const {
    return nullptr;
  }

  /// Appends the piece of Q(x) in the part's segment. x_segment holds the coordinates of x there.
  virtual void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const = 0;

  /// Reads the piece at the beginning of `in`, and returns the number of its bytes.
  virtual std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const = 0;
};

/// Compressors have no state, so they are shared. Null stands for the identity.
using CompressorPointer = std::shared_ptr<const Compressor>;

/// A compressor, for the settings `uplink` and `downlink`, and in brackets.
struct CompressorPlugIn : PlugIn {
  /// Builds the compressor. The catalog is for compressors that are made of others.
  std::function<CompressorPointer(const Parameters&, const Catalog<CompressorPlugIn>&)> make;
};

/// The compressor that a spec names. Throws UsageError for whatever is wrong with the spec.
[[nodiscard]] CompressorPointer make_compressor(const Catalog<CompressorPlugIn>& catalog, const std::string& spec_text);

}  // namespace vireo
