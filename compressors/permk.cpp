#include <algorithm>
#include <vector>

#include "encoding/wire.hpp"
#include "vireo/compressors/compressor.hpp"

namespace vireo::compressors {
namespace {

/// Perm-k: the coordinates are dealt out to the workers, each sends its own, scaled by M.
///
///     Q_m(x)_j = M x_j  if pi assigns coordinate j to worker m,  else 0
///
/// One random permutation a round cuts the coordinates into M blocks that differ by at most one coordinate; a random
/// rotation says which worker gets which block, so that every worker has every coordinate with probability 1/M, for any
/// d and M. Each Q_m is unbiased with q = M, and the mean is better than that of independent messages:
/// E||mean_m Q_m(x_m)||^2 = mean_m ||x_m||^2. Wire format: the values of the block; receivers redraw it.
/// Source: Szlendak, Tyurin, Richtarik, "Permutation compressors for provably faster distributed nonconvex
/// optimization", ICLR 2022, Definition 2.
class PermK final : public Compressor {
 public:
  explicit PermK(encoding::Wire wire) : wire_(wire) {}

  [[nodiscard]] CompressorTheory theory(Index dimension, Index workers) const override;
  [[nodiscard]] Support support_kind() const override { return Support::key; }
  [[nodiscard]] double verbatim_factor(const Message& message) const override {
    return wire_.verbatim() ? static_cast<double>(message.workers) : 0;
  }
  [[nodiscard]] std::int64_t encoded_bytes(const Message& message) const override;
  void support(const Message& message, Range segment, std::vector<random::Offset>& offsets) const override;
  [[nodiscard]] std::size_t piece_bytes(const Part& part) const override { return wire_.bytes(part.support.size()); }
  [[nodiscard]] HeadPointer summarize(const Message& message, Range held, ConstView x, Holders& holders) const override;
  void encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const override;
  std::size_t decode(const Part& part, std::span<const std::byte> in, Entries& out) const override;

 private:
  encoding::Wire wire_;
};

/// The number of the sender's block in this round; the server, where it uses this compressor, is a worker alone.
Index block_of(const Message& message) {
  auto key = message.key;
  const Index worker = key.worker == random::nobody ? 0 : static_cast<Index>(key.worker);
  key.worker = random::nobody;
  return (worker + random::Stream(key, 1).below(message.workers)) % message.workers;
}

/// The coordinates of all blocks of one round, increasing within each: what all workers of a round share.
struct Deal {
  random::Key key;
  Index dimension = 0;
  Index workers = 0;
  std::vector<random::Offset> coordinates;

  [[nodiscard]] bool is_of(const Message& message) const {
    return dimension == message.dimension && workers == message.workers && key.seed == message.key.seed &&
           key.purpose == message.key.purpose && key.iteration == message.key.iteration;
  }
  void draw(const Message& message) {
    key = message.key;
    key.worker = random::nobody;
    dimension = message.dimension;
    workers = message.workers;
    // block numbers, as often as the blocks have coordinates, shuffled (Fisher and Yates)
    std::vector<std::uint32_t> blocks(dimension);
    std::vector<Index> next(workers);
    for (Index b = 0; b < workers; ++b) {
      const auto [begin, end] = part_of(dimension, workers, b);
      next[b] = begin;
      std::fill(blocks.begin() + static_cast<std::ptrdiff_t>(begin), blocks.begin() + static_cast<std::ptrdiff_t>(end),
                static_cast<std::uint32_t>(b));
    }
    random::Stream stream(key);
    for (Index i = dimension; i > 1; --i) std::swap(blocks[i - 1], blocks[stream.below(i)]);
    coordinates.resize(dimension);
    for (Index j = 0; j < dimension; ++j) coordinates[next[blocks[j]]++] = static_cast<random::Offset>(j);
  }
};

/// A function of the message; the last one is kept, because all workers of a round ask for the same.
const Deal& deal_of(const Message& message) {
  thread_local Deal last;
  if (!last.is_of(message)) last.draw(message);
  return last;
}

CompressorTheory PermK::theory(Index dimension, Index workers) const {
  const Index most = (dimension + workers - 1) / workers;
  const auto M = static_cast<double>(workers);
  const double rounding = 1 + wire_.variance(most);
  return {.kind = CompressorTheory::Kind::unbiased,
          .q = M * rounding,
          .delta = M * rounding,
          .density = static_cast<double>(wire_.bytes(most)) / static_cast<double>(8 * dimension),
          .draws = CompressorTheory::Draws::partition};
}

std::int64_t PermK::encoded_bytes(const Message& message) const {
  return static_cast<std::int64_t>(wire_.bytes(part_of(message.dimension, message.workers, block_of(message)).size()));
}

void PermK::support(const Message& message, Range segment, std::vector<random::Offset>& offsets) const {
  const auto [begin, end] = part_of(message.dimension, message.workers, block_of(message));
  const auto& all = deal_of(message).coordinates;
  const auto last = all.begin() + static_cast<std::ptrdiff_t>(end);
  auto j = std::lower_bound(all.begin() + static_cast<std::ptrdiff_t>(begin), last, segment.begin);
  for (; j != last && *j < segment.end; ++j) offsets.push_back(static_cast<random::Offset>(*j - segment.begin));
}

HeadPointer PermK::summarize(const Message& message, Range /*held*/, ConstView x, Holders& holders) const {
  return wire_.summarize(static_cast<double>(message.workers), x, holders);
}

void PermK::encode(const Part& part, const Head* head, ConstView x_segment, Bytes& out) const {
  wire_.encode(part, head, static_cast<double>(part.message.workers), x_segment, part.support, out);
}

std::size_t PermK::decode(const Part& part, std::span<const std::byte> in, Entries& out) const {
  out.offsets.assign(part.support.begin(), part.support.end());
  return wire_.decode(in, part.support.size(), out.values);
}

}  // namespace

CompressorPlugIn permk() {
  CompressorPlugIn plug;
  plug.name = "permk";
  plug.also_called = {"perm"};
  plug.summary =
      "the workers send disjoint blocks of a random permutation; the mean of similar messages is almost exact";
  plug.formula =
      "Q_m(x)_j = M x_j if the round's permutation gives j to worker m, "
      "else 0;  unbiased, q = M, C_q = L_tilde;  8 d/M bytes";
  plug.reference = "Szlendak, Tyurin, Richtarik, Permutation compressors, ICLR 2022";
  plug.parameters = {encoding::Wire::parameter()};
  plug.make = [](const Parameters& p, const Catalog<CompressorPlugIn>&) {
    return std::make_shared<PermK>(encoding::Wire::from(p));
  };
  return plug;
}

}  // namespace vireo::compressors
