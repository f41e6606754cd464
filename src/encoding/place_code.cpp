#include "encoding/place_code.hpp"

#include "encoding/bits.hpp"

namespace vireo::encoding {

PlaceCode::PlaceCode(Index k, Index dimension) : lower_bits_(0) {
  const auto cost = [&](unsigned bits) { return k * bits + (dimension >> bits); };
  while (lower_bits_ < 31 && cost(lower_bits_ + 1) < cost(lower_bits_)) ++lower_bits_;
}

std::size_t PlaceCode::bits(std::size_t count, Index range) const {
  return count == 0 ? 0 : count * (1 + lower_bits_) + ((range - 1) >> lower_bits_);
}

void PlaceCode::encode(std::span<const random::Offset> places, Index range, std::vector<std::byte>& out) const {
  if (places.empty()) return;
  BitWriter writer(out, bits(places.size(), range));
  std::uint64_t upper = 0;
  for (const auto place : places) {
    const std::uint64_t next = place >> lower_bits_;
    writer.put_unary(next - upper);
    upper = next;
  }
  // filled up, so that the size does not depend on the last place
  for (std::uint64_t left = ((range - 1) >> lower_bits_) - upper; left > 0;) {
    const auto zeros = static_cast<unsigned>(left < 32 ? left : 32);
    writer.put(0, zeros);
    left -= zeros;
  }
  const std::uint64_t mask = (std::uint64_t{1} << lower_bits_) - 1;
  for (const auto place : places) writer.put(place & mask, lower_bits_);
  writer.finish();
}

std::size_t PlaceCode::decode(std::span<const std::byte> in, std::size_t count, Index range,
                              std::vector<random::Offset>& places) const {
  places.resize(count);
  const std::size_t bytes = bytes_of_bits(bits(count, range));
  if (count == 0) return 0;
  BitReader reader(in.first(bytes));
  std::uint64_t upper = 0;
  for (auto& place : places) {
    upper += reader.get_unary();
    place = static_cast<random::Offset>(upper << lower_bits_);
  }
  for (std::uint64_t left = ((range - 1) >> lower_bits_) - upper; left > 0;) {
    const auto zeros = static_cast<unsigned>(left < 32 ? left : 32);
    reader.get(zeros);
    left -= zeros;
  }
  for (auto& place : places) place |= static_cast<random::Offset>(reader.get(lower_bits_));
  return bytes;
}

}  // namespace vireo::encoding
