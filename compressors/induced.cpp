#include <algorithm>

#include "encoding/apply.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::compressors {
namespace {

/// A contractive compressor made unbiased by an unbiased one on what it leaves over:
///
///     Q(x) = C(x) + U(x - C(x))
///
/// Unbiased, since U is, with q = 1 + (q_U - 1)(1 - 1/delta_C). Wire format: both messages, one after the other.
/// Source: Horvath, Richtarik, "A better alternative to error feedback for communication-efficient distributed
/// learning", ICLR 2021, Theorem 3.
class Induced final : public Compressor {
 public:
  /// throws UsageError if `unbiased` is not for some dimension when `theory` is called
  Induced(CompressorPointer contractive, CompressorPointer unbiased)
      : contractive_(std::move(contractive)), unbiased_(std::move(unbiased)) {}

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::data; }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  CompressorPointer contractive_;
  CompressorPointer unbiased_;
};

/// The remainder's message draws numbers of its own: U must be unbiased given C's draws.
Message remainder_of(const Message& message) {
  auto key = message.key;
  key.seed ^= 0x9e3779b97f4a7c15;  // any number: the golden ratio's bits
  return {key, message.dimension, message.workers};
}

struct InducedHead final : Head {
  HeadPointer first;
  HeadPointer second;
};

/// C(x) in a segment of which x is given, as one piece and decoded; returns how many bytes the piece has.
std::size_t encode_first(const Compressor& contractive, const Message& message, Range segment, const Head* head,
                         ConstView x, Compressor::Bytes& out, Entries& entries) {
  std::vector<random::Offset> support;
  contractive.support(message, segment, support);
  const Part part{message, segment, support};
  const auto at = out.size();
  contractive.encode(part, head, x, out);
  return contractive.decode(part, std::span(out).subspan(at), entries);
}

Vector remainder(ConstView x, const Entries& entries) {
  Vector rest(x.begin(), x.end());
  encoding::subtract(entries, rest);
  return rest;
}

CompressorTheory Induced::theory(Index dimension, Index workers) const {
  const auto first = contractive_->theory(dimension, workers);
  const auto second = unbiased_->theory(dimension, workers);
  if (second.kind != CompressorTheory::Kind::unbiased)
    throw UsageError("induced: second= must be an unbiased compressor, such as randk");
  const double left = first.kind == CompressorTheory::Kind::contractive ? 1 - 1 / first.delta : 1;
  if (first.kind != CompressorTheory::Kind::contractive)
    throw UsageError("induced: first= must be a contractive compressor, such as topk");
  const double q = 1 + (second.q - 1) * left;
  return {.kind = CompressorTheory::Kind::unbiased, .q = q, .delta = q, .density = first.density + second.density};
}

std::int64_t Induced::encoded_bytes(const Message& message) const {
  return contractive_->encoded_bytes(message) + unbiased_->encoded_bytes(remainder_of(message));
}

HeadPointer Induced::summarize(const Message& message, Range held, ConstView x, Holders& holders) const {
  auto head = std::make_unique<InducedHead>();
  head->first = contractive_->summarize(message, held, x, holders);
  Bytes bytes;
  Entries entries;
  encode_first(*contractive_, message, held, head->first.get(), x, bytes, entries);
  head->second = unbiased_->summarize(remainder_of(message), held, remainder(x, entries), holders);
  return head;
}

void Induced::encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const {
  const auto& [first, second] = *static_cast<const InducedHead*>(head);
  Entries entries;
  encode_first(*contractive_, part.message, part.segment, first.get(), x_segment, out, entries);
  const auto rest = remainder_of(part.message);
  std::vector<random::Offset> support;
  unbiased_->support(rest, part.segment, support);
  unbiased_->encode({rest, part.segment, support}, second.get(), remainder(x_segment, entries), out);
}

std::size_t Induced::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  std::vector<random::Offset> support;
  contractive_->support(part.message, part.segment, support);
  Entries first;
  std::size_t at = contractive_->decode({part.message, part.segment, support}, in, first);
  const auto rest = remainder_of(part.message);
  support.clear();
  unbiased_->support(rest, part.segment, support);
  Entries second;
  at += unbiased_->decode({rest, part.segment, support}, in.subspan(at), second);

  // the sum of both, at the places of either
  Vector sum(part.segment.size(), 0.0);
  Vector term(part.segment.size());
  std::vector<bool> present(part.segment.size(), false);
  for (const auto* entries : {&first, &second}) {
    encoding::spread(*entries, term);
    for (Index j = 0; j < sum.size(); ++j) sum[j] += term[j];
    if (entries->values.size() == sum.size()) std::fill(present.begin(), present.end(), true);
    for (const auto j : entries->offsets) present[j] = true;
  }
  out.clear();
  for (Index j = 0; j < sum.size(); ++j)
    if (present[j]) {
      out.offsets.push_back(static_cast<random::Offset>(j));
      out.values.push_back(sum[j]);
    }
  return at;
}

}  // namespace

CompressorPlugIn induced() {
  CompressorPlugIn plug;
  plug.name = "induced";
  plug.summary = "a contractive compressor, then an unbiased one on the remainder: unbiased as a whole";
  plug.formula = "Q(x) = C(x) + U(x - C(x));  unbiased, q = 1 + (q_U - 1)(1 - 1/delta_C);  both messages";
  plug.reference = "Horvath, Richtarik, A better alternative to error feedback, ICLR 2021";
  plug.parameters = {Parameter::spec("first", "[topk]", "the contractive one"),
                     Parameter::spec("second", "[randk]", "the unbiased one")};
  plug.make = [](const Parameters& p, const Catalog<CompressorPlugIn>& catalog) {
    return std::make_shared<Induced>(make_compressor(catalog, p.text("first")),
                                     make_compressor(catalog, p.text("second")));
  };
  return plug;
}

}  // namespace vireo::compressors
