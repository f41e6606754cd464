#include <algorithm>

#include "encoding/bits.hpp"
#include "encoding/bytes.hpp"
#include "encoding/place_code.hpp"
#include "encoding/selection.hpp"
#include "encoding/share.hpp"
#include "encoding/wire.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::compressors {
namespace {

/// Top-k: the k coordinates of largest magnitude as they are; of equal ones, the lowest. Exact.
///
///     C(x)_j = x_j  if |x_j| is among the k largest,  else 0
///
/// Contractive with delta = d/k, and ||C(x)|| <= ||x||. Wire format of a piece: the number of its entries (32 bits);
/// the places by Elias and Fano's code, that is the gaps between the places' upper parts in unary and l lower bits
/// each, with l chosen for k of d (about log2(d/k) + 2 bits a place); the values. 4 + ceil((k (1+l) + floor((d-1)/2^l))
/// / 8) + 8 k bytes. Source: Stich, Cordonnier, Jaggi, "Sparsified SGD with memory", NeurIPS 2018; Elias, "Efficient
/// storage and retrieval by content and address of static files", JACM 1974.
class TopK final : public Compressor {
 public:
  TopK(encoding::Share share, encoding::Wire wire) : share_(share), wire_(wire) {}

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::data; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  [[nodiscard]] Index size(Index dimension) const { return share_.size("topk", dimension); }
  encoding::Share share_;
  encoding::Wire wire_;
};

using Count = std::uint32_t;

struct TopKHead final : Head {
  encoding::Selection selection;
  std::vector<Index> chosen{};  ///< the coordinates, where they are known already
  HeadPointer wire;
};

std::vector<random::Offset> places_in(Range segment, const TopKHead& head, ConstView x_segment) {
  std::vector<random::Offset> places;
  if (!head.chosen.empty()) {
    for (auto i = std::ranges::lower_bound(head.chosen, segment.begin); i != head.chosen.end() && *i < segment.end; ++i)
      places.push_back(static_cast<random::Offset>(*i - segment.begin));
    return places;
  }
  for (Index j = 0; j < x_segment.size(); ++j)
    if (head.selection.takes(x_segment[j], segment.begin + j)) places.push_back(static_cast<random::Offset>(j));
  return places;
}

CompressorTheory TopK::theory(Index dimension, Index /*workers*/) const {
  const Index k = size(dimension);
  const double kept = static_cast<double>(k) / static_cast<double>(dimension) * (1 - wire_.variance(k));
  return {.kind = CompressorTheory::Kind::contractive,
          .delta = 1 / kept,
          .growth = 1 + wire_.variance(k),
          .density = static_cast<double>(encoded_bytes({{}, dimension})) / static_cast<double>(8 * dimension)};
}

std::int64_t TopK::encoded_bytes(const Message& message) const {
  const Index d = message.dimension;
  const Index k = size(d);
  return static_cast<std::int64_t>(sizeof(Count) + encoding::bytes_of_bits(encoding::PlaceCode(k, d).bits(k, d)) +
                                   wire_.bytes(k));
}

HeadPointer TopK::summarize(const Message& message, Range held, ConstView x, Holders& holders) const {
  auto head = std::make_unique<TopKHead>();
  const Index k = size(message.dimension);
  if (holders.alone()) head->chosen = encoding::select_by_sample(x, k);
  if (head->chosen.empty()) head->selection = encoding::select_largest(x, held, k, holders);
  head->wire = wire_.summarize(1, x, holders);
  return head;
}

void TopK::encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const {
  const auto& whole = *static_cast<const TopKHead*>(head);
  const auto places = places_in(part.segment, whole, x_segment);
  encoding::append(out, static_cast<Count>(places.size()));
  const Index d = part.message.dimension;
  encoding::PlaceCode(size(d), d).encode(places, part.segment.size(), out);
  wire_.encode(part, whole.wire.get(), 1, x_segment, places, out);
}

std::size_t TopK::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  Count count = 0;
  std::size_t at = encoding::take(in, count);
  const Index d = part.message.dimension;
  at += encoding::PlaceCode(size(d), d).decode(in.subspan(at), count, part.segment.size(), out.offsets);
  return at + wire_.decode(in.subspan(at), count, out.values);
}

}  // namespace

CompressorPlugIn topk() {
  CompressorPlugIn plug;
  plug.name = "topk";
  plug.also_called = {"top"};
  plug.summary =
      "the k coordinates of largest magnitude, exactly, also of the mean on the downlink; for error feedback";
  plug.formula =
      "C(x)_j = x_j if |x_j| is among the k largest (ties: lowest j), else 0;  contractive, delta = d/k;  8 k bytes and "
      "about log2(d/k) + 2 bits a place";
  plug.reference = "Stich, Cordonnier, Jaggi, Sparsified SGD with memory, NeurIPS 2018";
  plug.parameters = encoding::Share::parameters();
  plug.parameters.push_back(encoding::Wire::parameter());
  plug.make = [](const Parameters& p, const Catalog<CompressorPlugIn>&) {
    return std::make_shared<TopK>(encoding::Share::from("topk", p), encoding::Wire::from(p));
  };
  return plug;
}

}  // namespace vireo::compressors
