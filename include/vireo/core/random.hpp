#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "vireo/core/vector.hpp"

/// Randomness is a function, not a state: every draw is the value of Philox4x64-10 (Salmon, Moraes, Dror,
/// Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011) at a key that says what the draw is for.
/// Nothing is stored, and any rank can draw again what another rank drew.
namespace vireo::random {

/// What a draw is for. The numbers are part of the reproducibility contract: append, never renumber.
enum class Purpose : std::uint64_t {
  problem = 1,        ///< generated data
  partition = 2,      ///< which worker gets which row
  initial_point = 3,  ///< starting points
  coin = 4,           ///< b_k of the loopless methods
  uplink = 5,         ///< a worker's compressor
  downlink = 6,       ///< the server's compressor
  sample = 7,         ///< sampled components
  participants = 8,   ///< workers that take part in a round
  estimate = 9,       ///< starting vectors of eigenvalue and Lipschitz estimates
  particle = 10,      ///< noise of particles
};

/// The worker number in the key of draws that belong to no worker, such as those of the server.
inline constexpr std::uint64_t nobody = ~std::uint64_t{0};

/// What a draw is for: equal keys give equal numbers.
struct Key {
  std::uint64_t seed = 0;              ///< of the run
  Purpose purpose = Purpose::problem;  ///< keeps draws for different ends apart
  std::uint64_t worker = nobody;       ///< m, or another number that tells draws of one purpose apart
  std::uint64_t iteration = 0;         ///< k, or another number that tells draws of one purpose apart
};

/// Block number `block` of substream `substream` of a key: four random 64-bit words.
[[nodiscard]] std::array<std::uint64_t, 4> block(const Key& key, std::uint64_t substream, std::uint64_t block);

/// out_i = block number (first + i) of a substream. Faster than calling `block` for each.
void blocks(const Key& key, std::uint64_t substream, std::uint64_t first, std::span<std::array<std::uint64_t, 4>> out);

/// A uniform double in (0, 1): 53 bits, never 0 nor 1.
[[nodiscard]] inline double to_open_unit(std::uint64_t bits) {
  return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
}

/// Reads one substream of a key from its beginning. Cheap to construct, and meant to live inside one
/// function.
class Stream {
 public:
  /// different substreams of a key are independent
  explicit Stream(const Key& key, std::uint64_t substream = 0) : key_(key), substream_(substream) {}

  /// 64 random bits
  std::uint64_t next() {
    if (used_ == 4) {
      words_ = block(key_, substream_, block_++);
      used_ = 0;
    }
    return words_[used_++];
  }
  /// uniform in (0, 1)
  double uniform() { return to_open_unit(next()); }
  /// uniform in {0, ..., n-1} without bias, n >= 1 (Lemire, "Fast random integer generation in an
  /// interval", 2019)
  std::uint64_t below(std::uint64_t n);

 private:
  Key key_;
  std::uint64_t substream_;
  std::uint64_t block_ = 0;
  std::array<std::uint64_t, 4> words_{};
  unsigned used_ = 4;
};

/// out_j = standard normal number (first + j) of the key. Each is a function of its index, so that any part
/// of a long random vector can be made on any rank (Box and Muller: two numbers from a pair of words).
void normals(const Key& key, std::uint64_t first, View out);

/// out_i = 32 random bits, number (first + i) of a substream: a function of its index, like `normals`.
void words(const Key& key, std::uint64_t substream, std::uint64_t first, std::span<std::uint32_t> out);

/// true with the given probability
[[nodiscard]] bool coin(const Key& key, double probability);

}  // namespace vireo::random
