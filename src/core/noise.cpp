#include "core/noise.hpp"

#include <array>

#include "core/elementary.hpp"

namespace vireo::random {
namespace {

using Block =
    std::array<WideWords, 4>;  // as many counters or outputs as a vector holds, each word in the low half of 64 bits

[[gnu::always_inline]] inline Block philox(Block x, std::uint64_t key) {
  const WideWords low = all_words(std::uint64_t{0xffffffff});
  std::uint32_t k0 = static_cast<std::uint32_t>(key);
  std::uint32_t k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const WideWords a = multiply_32(x[0], all_words(std::uint64_t{0xD2511F53}));
    const WideWords b = multiply_32(x[2], all_words(std::uint64_t{0xCD9E8D57}));
    x = {(b >> 32) ^ x[1] ^ all_words(k0), b & low, (a >> 32) ^ x[3] ^ all_words(k1), a & low};
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return x;
}

/// (w + 1/2) / 2^32, exactly: the word becomes the leading fraction bits of a number in [1, 2)
[[gnu::always_inline]] inline Wide to_unit(const WideWords& w) {
  return from_bits((w << 20) | all_words(std::uint64_t{0x3ff} << 52)) - (1.0 - 0x1p-33);
}

}  // namespace

template <class Four>
void Noise::fill(std::uint64_t first, Index count, Index numbers, Index stride, double* out, Four&& four) const {
  WideWords in_order{};
  for (Index i = 0; i < wide; ++i) in_order[i] = i;
  for (Index p = 0; p < count; p += wide) {
    const WideWords particle = all_words(first + p) + in_order;
    for (Index j = 0; j < numbers; j += 4)
      four(philox({particle & all_words(std::uint64_t{0xffffffff}), particle >> 32, all_words(j / 4), WideWords{}},
                  key_),
           out + j * stride + p);
  }
}

void Noise::normals(std::uint64_t first, Index count, Index numbers, Index stride, double* out) const {
  fill(first, count, numbers, stride, out, [stride](const Block& w, double* to) {
    for (Index pair = 0; pair < 2; ++pair) {
      const Wide radius = square_root(-2.0 * elementary::log(to_unit(w[2 * pair])));
      const auto [sine, cosine] = elementary::sin_cos_pi(2.0 * to_unit(w[2 * pair + 1]));
      store_wide(to + 2 * pair * stride, radius * cosine);
      store_wide(to + (2 * pair + 1) * stride, radius * sine);
    }
  });
}

void Noise::uniforms(std::uint64_t first, Index count, Index numbers, Index stride, double* out) const {
  fill(first, count, numbers, stride, out, [stride](const Block& w, double* to) {
    for (Index j = 0; j < 4; ++j) store_wide(to + j * stride, to_unit(w[j]));
  });
}

}  // namespace vireo::random
