#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <span>

#include "vireo/core/permutation.hpp"
#include "vireo/io/libsvm.hpp"

namespace vireo {
namespace {

// How many rows and entries one rank sends to another.
struct Load {
  std::uint64_t rows = 0;
  std::uint64_t nonzeros = 0;
};

// Rows on their way to one rank, as views into a message: positions, labels, values, lengths, columns, in that order,
// so that each is aligned. A row is known by its position, so rows may travel in any order.
template <bool read_only>
struct Parcel {
  template <class T>
  using Array = std::span<std::conditional_t<read_only, const T, T>>;
  using Bytes = Array<std::byte>;

  Array<std::uint64_t> positions;
  Array<double> labels;
  Array<double> values;
  Array<std::uint32_t> lengths;
  Array<std::uint32_t> columns;

  Parcel(Bytes bytes, Load load) {
    std::size_t offset = 0;
    const auto take = [&]<class T>(Array<T>& array, std::uint64_t count) {
      using Element = typename Array<T>::element_type;
      array = {reinterpret_cast<Element*>(bytes.data() + offset), count};
      offset += count * sizeof(T);
    };
    take.template operator()<std::uint64_t>(positions, load.rows);
    take.template operator()<double>(labels, load.rows);
    take.template operator()<double>(values, load.nonzeros);
    take.template operator()<std::uint32_t>(lengths, load.rows);
    take.template operator()<std::uint32_t>(columns, load.nonzeros);
  }
};

std::size_t bytes_of(Load load) {
  constexpr std::size_t row = sizeof(std::uint64_t) + sizeof(double) + sizeof(std::uint32_t);
  constexpr std::size_t entry = sizeof(double) + sizeof(std::uint32_t);
  return (load.rows * row + load.nonzeros * entry + 7) / 8 * 8;
}

// One message per rank in one buffer, those to the own rank included.
struct Messages {
  std::vector<Piece> pieces;
  std::vector<std::byte, AlignedAllocator<std::byte>> bytes;

  explicit Messages(std::span<const Load> loads) {
    std::size_t offset = 0;
    for (const Load load : loads) {
      pieces.push_back({offset, bytes_of(load)});
      offset += pieces.back().bytes;
    }
    bytes.resize(offset);
  }
  [[nodiscard]] std::span<std::byte> of(std::size_t rank) {
    return std::span(bytes).subspan(pieces[rank].offset, pieces[rank].bytes);
  }
  [[nodiscard]] std::vector<Piece> pieces_without(std::size_t rank) const {
    auto others = pieces;
    others[rank].bytes = 0;
    return others;
  }
};

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

Messages pack(std::vector<LibsvmFile::TextBlock>&& blocks, const Destination& to, std::span<const Load> loads) {
  Messages messages(loads);
  std::vector<Parcel<false>> parcels;
  for (std::size_t rank = 0; rank < loads.size(); ++rank) parcels.emplace_back(messages.of(rank), loads[rank]);
  std::vector<Load> filled(loads.size());
  for (auto& block : blocks) {
    const SparseRows rows = std::move(block.rows);  // freed as soon as it is packed
    for (Index i = 0; i < rows.rows(); ++i) {
      const auto position = to.position(block.first_row + i);
      const auto rank = to.rank_of(position);
      const auto length = rows.start[i + 1] - rows.start[i];
      auto& parcel = parcels[rank];
      auto& at = filled[rank];
      parcel.positions[at.rows] = position;
      parcel.labels[at.rows] = rows.labels[i];
      parcel.lengths[at.rows] = static_cast<std::uint32_t>(length);
      const auto entries = static_cast<std::ptrdiff_t>(rows.start[i]);
      const auto target = static_cast<std::ptrdiff_t>(at.nonzeros);
      std::copy_n(rows.columns.begin() + entries, length, parcel.columns.begin() + target);
      std::copy_n(rows.values.begin() + entries, length, parcel.values.begin() + target);
      at.rows += 1;
      at.nonzeros += length;
    }
  }
  return messages;
}

// Puts rows in their places: first all lengths, which tell where each row starts, then the entries.
std::vector<SparseRows> unpack(std::span<const Parcel<true>> parcels, const WorkerLayout& layout, Range workers,
                               Index rows) {
  std::vector<SparseRows> result(workers.size());
  std::vector<Index> first(workers.size() + 1);  // position of each worker's first row
  for (Index m = 0; m < workers.size(); ++m) {
    const Range positions = part_of(rows, layout.workers(), workers.begin + m);
    first[m] = positions.begin;
    first[m + 1] = positions.end;
    result[m].start.assign(positions.size() + 1, 0);
    result[m].labels.resize(positions.size());
  }
  const auto place_of = [&](std::uint64_t position) {
    const auto m = static_cast<Index>(std::upper_bound(first.begin(), first.end(), position) - first.begin() - 1);
    return std::pair{m, position - first[m]};
  };

  for (const auto& parcel : parcels) {
    for (std::size_t i = 0; i < parcel.positions.size(); ++i) {
      const auto [m, row] = place_of(parcel.positions[i]);
      result[m].start[row + 1] = parcel.lengths[i];
      result[m].labels[row] = parcel.labels[i];
    }
  }
  for (auto& worker_rows : result) {
    for (Index i = 0; i < worker_rows.rows(); ++i) worker_rows.start[i + 1] += worker_rows.start[i];
    worker_rows.columns.resize(worker_rows.start.back());
    worker_rows.values.resize(worker_rows.start.back());
  }
  for (const auto& parcel : parcels) {
    std::ptrdiff_t entry = 0;
    for (std::size_t i = 0; i < parcel.positions.size(); ++i) {
      const auto [m, row] = place_of(parcel.positions[i]);
      const auto target = static_cast<std::ptrdiff_t>(result[m].start[row]);
      std::copy_n(parcel.columns.begin() + entry, parcel.lengths[i], result[m].columns.begin() + target);
      std::copy_n(parcel.values.begin() + entry, parcel.lengths[i], result[m].values.begin() + target);
      entry += parcel.lengths[i];
    }
  }
  return result;
}

}  // namespace

std::vector<SparseRows> deal_rows(Communicator& comm, LibsvmFile&& file, const WorkerLayout& layout, bool shuffled,
                                  std::uint64_t shuffle_seed) {
  const auto me = static_cast<std::size_t>(comm.rank());
  const auto ranks = static_cast<std::size_t>(comm.size());
  const Destination to(layout, file.rows, shuffled, shuffle_seed);

  std::vector<Load> outgoing(ranks);
  for (const auto& [first_row, rows] : file.blocks) {
    for (Index i = 0; i < rows.rows(); ++i) {
      auto& load = outgoing[to.rank_of(to.position(first_row + i))];
      load.rows += 1;
      load.nonzeros += rows.start[i + 1] - rows.start[i];
    }
  }
  const auto incoming = exchange_loads(comm, outgoing);

  Messages sent = pack(std::move(file.blocks), to, outgoing);
  Messages received(incoming);
  comm.all_to_all(sent.bytes, sent.pieces_without(me), received.bytes, received.pieces_without(me));

  std::vector<Parcel<true>> parcels;
  for (std::size_t rank = 0; rank < ranks; ++rank)
    parcels.emplace_back(rank == me ? sent.of(rank) : received.of(rank), incoming[rank]);
  return unpack(parcels, layout, layout.workers_of(me), file.rows);
}

}  // namespace vireo
