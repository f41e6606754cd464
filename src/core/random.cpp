#include "vireo/core/random.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace vireo::random {

namespace {

[[gnu::always_inline]] inline std::array<std::uint64_t, 4> philox(const Key& key, std::uint64_t substream,
                                                                  std::uint64_t block) {
  const r123::Philox4x64::ctr_type words = r123::Philox4x64()({{key.worker, key.iteration, substream, block}},
                                                              {{key.seed, static_cast<std::uint64_t>(key.purpose)}});
  return {words[0], words[1], words[2], words[3]};
}

}  // namespace

std::array<std::uint64_t, 4> block(const Key& key, std::uint64_t substream, std::uint64_t block) {
  return philox(key, substream, block);
}

void blocks(const Key& key, std::uint64_t substream, std::uint64_t first, std::span<std::array<std::uint64_t, 4>> out) {
  for (auto& words : out) words = philox(key, substream, first++);
}

std::uint64_t Stream::below(std::uint64_t n) {
  __extension__ using Wide = unsigned __int128;
  Wide product = static_cast<Wide>(next()) * n;
  if (auto low = static_cast<std::uint64_t>(product); low < n) {
    const std::uint64_t threshold = (0 - n) % n;  // 2^64 mod n
    while (low < threshold) {
      product = static_cast<Wide>(next()) * n;
      low = static_cast<std::uint64_t>(product);
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

namespace {

/// The four normal numbers of block b: Box and Muller, "A note on the generation of random normal deviates", 1958.
std::array<double, 4> four_normals(const Key& key, std::uint64_t b) {
  const auto words = block(key, 0, b);
  std::array<double, 4> values{};
  for (unsigned pair = 0; pair < 2; ++pair) {
    const double radius = std::sqrt(-2.0 * std::log(to_open_unit(words[2 * pair])));
    const double angle = 2.0 * std::numbers::pi * to_open_unit(words[2 * pair + 1]);
    values[2 * pair] = radius * std::cos(angle);
    values[2 * pair + 1] = radius * std::sin(angle);
  }
  return values;
}

}  // namespace

void normals(const Key& key, std::uint64_t first, View out) {
  for (Index done = 0; done < out.size();) {
    const std::uint64_t at = first + done;
    const auto values = four_normals(key, at / 4);
    const Index skip = at % 4;
    const Index take = std::min<Index>(4 - skip, out.size() - done);
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(skip), take,
                out.begin() + static_cast<std::ptrdiff_t>(done));
    done += take;
  }
}

void words(const Key& key, std::uint64_t substream, std::uint64_t first, std::span<std::uint32_t> out) {
  constexpr Index per_block = 8;
  for (Index done = 0; done < out.size();) {
    const std::uint64_t at = first + done;
    const auto values = std::bit_cast<std::array<std::uint32_t, per_block>>(block(key, substream, at / per_block));
    const Index skip = at % per_block;
    const Index take = std::min<Index>(per_block - skip, out.size() - done);
    for (Index i = 0; i < take; ++i) out[done + i] = values[skip + i];
    done += take;
  }
}

bool coin(const Key& key, double probability) { return to_open_unit(block(key, 0, 0)[0]) < probability; }

}  // namespace vireo::random
