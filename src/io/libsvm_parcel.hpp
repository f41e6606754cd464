#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "io/libsvm_placement.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::libsvm {

/// How many rows and entries one rank sends to another.
struct Load {
  std::uint64_t rows = 0;
  std::uint64_t nonzeros = 0;
};

/// Rows on their way to one rank, as views into a message: positions, labels, values, lengths, columns, in that order,
/// so that each is aligned. A row is known by its position, so rows may travel in any order.
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

inline std::size_t bytes_of(Load load) {
  constexpr std::size_t row = sizeof(std::uint64_t) + sizeof(double) + sizeof(std::uint32_t);
  constexpr std::size_t entry = sizeof(double) + sizeof(std::uint32_t);
  return (load.rows * row + load.nonzeros * entry + 7) / 8 * 8;
}

/// One message per rank in one buffer.
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
};

template <class Visit>
void visit_rows(const Parcel<true>& parcel, Visit&& visit) {
  std::size_t entry = 0;
  for (std::size_t i = 0; i < parcel.positions.size(); ++i) {
    const std::size_t length = parcel.lengths[i];
    visit(Row{parcel.positions[i], parcel.labels[i], parcel.columns.subspan(entry, length),
              parcel.values.subspan(entry, length)});
    entry += length;
  }
}

}  // namespace vireo::libsvm
