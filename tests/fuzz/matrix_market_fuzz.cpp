// Any bytes as a Matrix Market file: it is read or refused with one line, the same on 1 and on several ranks, and the
// entries that are read are within the matrix, finite and in order.
//
// The first byte says how many ranks there are.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "io/matrix_market.hpp"
#include "support.hpp"
#include "vireo/comm/simulated.hpp"

namespace {

using namespace vireo;
using fuzz::require;

/// What a file says, or what is wrong with it.
struct Reading {
  std::string error;
  Index rows = 0, columns = 0;
  bool dense = false;
  std::vector<std::tuple<std::uint32_t, std::uint32_t, double>> by_row{}, by_column{};
  bool operator==(const Reading&) const = default;
};

template <class Entries, class Out>
void take(const Entries& entries, Out& out) {
  for (const auto& entry : entries) out.emplace_back(entry.row, entry.column, entry.value);
}

Reading read_on(int ranks, const std::string& path) {
  std::vector<Reading> of_rank(static_cast<std::size_t>(ranks));
  try {
    run_simulated(ranks, {}, [&](Communicator& comm) {
      const io::MatrixMarketFile file(comm, path);
      auto& mine = of_rank[static_cast<std::size_t>(comm.rank())];
      mine = {"", file.rows(), file.columns(), file.dense()};
      const auto part = [&](Index all) {
        return part_of(all, static_cast<Index>(comm.size()), static_cast<Index>(comm.rank()));
      };
      take(file.entries_in_rows(part(file.rows())), mine.by_row);
      take(file.entries_in_columns(part(file.columns())), mine.by_column);
    });
  } catch (const DataError& error) {
    fuzz::require_one_line(error.what());
    require(std::string_view(error.what()).starts_with(path), "an error that does not name the file");
    return {error.what()};
  }
  auto all = of_rank.front();
  for (std::size_t rank = 1; rank < of_rank.size(); ++rank) {
    all.by_row.insert(all.by_row.end(), of_rank[rank].by_row.begin(), of_rank[rank].by_row.end());
    all.by_column.insert(all.by_column.end(), of_rank[rank].by_column.begin(), of_rank[rank].by_column.end());
  }
  return all;
}

void check(const Reading& reading) {
  for (const auto& [row, column, value] : reading.by_row)
    require(row < reading.rows && column < reading.columns && std::isfinite(value), "an entry that cannot be");
  require(std::ranges::is_sorted(reading.by_row), "rows out of order");
  auto sorted = reading.by_column;
  std::ranges::sort(sorted);
  require(sorted == reading.by_row, "columns with other entries than the rows");
  require(!reading.dense || reading.by_row.size() == reading.rows * reading.columns ||
              reading.by_row.size() == reading.rows * (reading.rows - 1),  // skew: without its diagonal
          "an array that is not full");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const fuzz::ScratchFile file;
  file.put({reinterpret_cast<const char*>(data) + 1, size - 1});
  const auto alone = read_on(1, file.path());
  check(alone);
  const int ranks = 2 + static_cast<int>(data[0]) % 3;
  require(read_on(ranks, file.path()) == alone, std::to_string(ranks) + " ranks read another file than one");
  return 0;
}
