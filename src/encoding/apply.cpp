#include "encoding/apply.hpp"

#include <algorithm>

namespace vireo::encoding {

void apply(const Compressor& compressor, const Message& message, ConstView x, ApplyScratch& scratch) {
  const Range whole{0, x.size()};
  scratch.support.clear();
  compressor.support(message, whole, scratch.support);
  const Part part{message, whole, scratch.support};
  Holders alone;
  const auto head = compressor.summarize(message, whole, x, alone);
  scratch.bytes.clear();
  compressor.encode(part, head.get(), x, scratch.bytes);
  compressor.decode(part, scratch.bytes, scratch.entries);
}

void apply_in_place(const Compressor& compressor, const Message& message, View x, ApplyScratch& scratch) {
  apply(compressor, message, x, scratch);
  spread(scratch.entries, x);
}

void spread(const Entries& entries, View out) {
  const auto& [offsets, values] = entries;
  if (values.size() == out.size()) {
    std::copy(values.begin(), values.end(), out.begin());
    return;
  }
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t i = 0; i < offsets.size(); ++i) out[offsets[i]] = values[i];
}

void subtract(const Entries& entries, View out) {
  const auto& [offsets, values] = entries;
  if (values.size() == out.size()) {
    for (std::size_t j = 0; j < values.size(); ++j) out[j] -= values[j];
    return;
  }
  for (std::size_t i = 0; i < offsets.size(); ++i) out[offsets[i]] -= values[i];
}

}  // namespace vireo::encoding
