#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "core/permutation.hpp"
#include "io/libsvm.hpp"
#include "io/libsvm_parcel.hpp"
#include "io/libsvm_placement.hpp"

namespace vireo {
namespace libsvm {
namespace {

// Where rows go.
class Destination {
 public:
  Destination(const WorkerLayout& layout, Index rows, bool shuffled, std::uint64_t seed) {
    for (Index rank = 0; rank <= layout.ranks(); ++rank) {
      const Index worker = rank < layout.ranks() ? layout.workers_of(rank).begin : layout.workers();
      first_.push_back(worker < layout.workers() ? part_of(rows, layout.workers(), worker).begin : rows);
    }
    if (shuffled) permutation_.emplace(random::Key{seed, random::Purpose::partition}, rows);
  }
  [[nodiscard]] std::uint64_t position(std::uint64_t row) const {
    return permutation_ ? permutation_->position(row) : row;
  }
  [[nodiscard]] std::size_t rank_of(std::uint64_t position) const {
    return static_cast<std::size_t>(std::upper_bound(first_.begin(), first_.end(), position) - first_.begin() - 1);
  }

 private:
  std::vector<std::uint64_t> first_;  // position of each rank's first row, then the number of rows
  std::optional<random::Permutation> permutation_;
};

std::vector<Load> exchange_loads(Communicator& comm, std::span<const Load> outgoing) {
  const auto me = static_cast<std::size_t>(comm.rank());
  std::vector<Load> incoming(outgoing.begin(), outgoing.end());
  std::vector<Piece> pieces(outgoing.size());
  for (std::size_t rank = 0; rank < pieces.size(); ++rank)
    pieces[rank] = {rank * sizeof(Load), rank == me ? 0 : sizeof(Load)};
  comm.all_to_all(std::as_bytes(outgoing), pieces, std::as_writable_bytes(std::span(incoming)), pieces);
  return incoming;
}

// The rows of one block, and where they go: found once, as an image under the permutation takes some time.
struct PlacedBlock {
  linalg::SparseRows rows;
  std::vector<std::uint64_t> positions;

  PlacedBlock(LibsvmFile::TextBlock&& block, const Destination& to) : rows(std::move(block.rows)) {
    positions.reserve(rows.rows());
    for (Index i = 0; i < rows.rows(); ++i) positions.push_back(to.position(block.first_row + i));
  }
};

template <class Visit>
void visit_rows(const PlacedBlock& block, Visit&& visit) {
  for (Index i = 0; i < block.rows.rows(); ++i) visit(row_of(block.rows, i, block.positions[i]));
}

// The messages to the other ranks.
Messages pack(std::span<const PlacedBlock> blocks, const Destination& to, std::span<const Load> loads, std::size_t me) {
  Messages messages(loads);
  std::vector<Parcel<false>> parcels;
  for (std::size_t rank = 0; rank < loads.size(); ++rank) parcels.emplace_back(messages.of(rank), loads[rank]);
  std::vector<Load> filled(loads.size());
  if (loads.size() == 1) return messages;
  for (const auto& block : blocks) {
    visit_rows(block, [&](const Row& row) {
      const auto rank = to.rank_of(row.position);
      if (rank == me) return;
      auto& parcel = parcels[rank];
      auto& at = filled[rank];
      parcel.positions[at.rows] = row.position;
      parcel.labels[at.rows] = row.label;
      parcel.lengths[at.rows] = static_cast<std::uint32_t>(row.columns.size());
      const auto target = static_cast<std::ptrdiff_t>(at.nonzeros);
      std::copy(row.columns.begin(), row.columns.end(), parcel.columns.begin() + target);
      std::copy(row.values.begin(), row.values.end(), parcel.values.begin() + target);
      at.rows += 1;
      at.nonzeros += row.columns.size();
    });
  }
  return messages;
}

}  // namespace
}  // namespace libsvm

std::vector<linalg::SparseRows> deal_rows(Communicator& comm, LibsvmFile&& file, const WorkerLayout& layout,
                                          bool shuffled, std::uint64_t shuffle_seed) {
  const auto me = static_cast<std::size_t>(comm.rank());
  const auto ranks = static_cast<std::size_t>(comm.size());
  const libsvm::Destination to(layout, file.rows, shuffled, shuffle_seed);

  std::vector<libsvm::PlacedBlock> blocks;
  for (auto& block : file.blocks) blocks.emplace_back(std::move(block), to);
  std::vector<libsvm::Load> outgoing(ranks);
  for (const auto& block : blocks) {
    visit_rows(block, [&](const libsvm::Row& row) {
      const auto rank = to.rank_of(row.position);
      if (rank == me) return;  // these stay where they are until they are put in place
      outgoing[rank].rows += 1;
      outgoing[rank].nonzeros += row.columns.size();
    });
  }
  const auto incoming = libsvm::exchange_loads(comm, outgoing);

  libsvm::Messages received(incoming);
  {
    const libsvm::Messages sent = pack(blocks, to, outgoing, me);
    comm.all_to_all(sent.bytes, sent.pieces, received.bytes, received.pieces);
  }
  std::vector<libsvm::Parcel<true>> parcels;
  for (std::size_t rank = 0; rank < ranks; ++rank) parcels.emplace_back(received.of(rank), incoming[rank]);

  libsvm::Placement placement(layout, layout.workers_of(me), file.rows);
  const auto announce = [&](const libsvm::Row& row) { placement.announce(row); };
  const auto put = [&](const libsvm::Row& row) { placement.put(row); };
  const auto if_own = [&](auto action) {
    return [&placement, action](const libsvm::Row& row) {
      if (placement.holds(row.position)) action(row);
    };
  };
  for (const auto& parcel : parcels) visit_rows(parcel, announce);
  for (const auto& block : blocks) visit_rows(block, if_own(announce));
  placement.make_room();
  for (const auto& parcel : parcels) visit_rows(parcel, put);
  for (auto& block : blocks) {
    const auto done = std::move(block);  // freed as soon as it is in place
    visit_rows(done, if_own(put));
  }
  return placement.take();
}

}  // namespace vireo
