#include "problems/rows/all_rows.hpp"

#include <algorithm>
#include <cstring>

namespace vireo::problems {
namespace {

/// Every rank's numbers, one after the other in rank order
template <class T>
std::vector<T> gather(Communicator& comm, const std::vector<T>& mine) {
  const auto counts = gather_all(comm, static_cast<std::int64_t>(mine.size()));
  std::vector<Piece> pieces;
  std::size_t total = 0;
  for (const auto count : counts) {
    pieces.push_back({total * sizeof(T), static_cast<std::size_t>(count) * sizeof(T)});
    total += static_cast<std::size_t>(count);
  }
  std::vector<T> all(total);
  const auto& own = pieces[static_cast<std::size_t>(comm.rank())];
  std::copy(mine.begin(), mine.end(), all.begin() + static_cast<std::ptrdiff_t>(own.offset / sizeof(T)));
  comm.all_gather(std::as_writable_bytes(std::span(all)), pieces);
  return all;
}

}  // namespace

std::vector<linalg::SparseRows> all_rows(Communicator& comm, const SparseData& data) {
  // ranks own workers in order, so what they hold side by side is in order of workers
  std::vector<std::uint64_t> rows, lengths;
  std::vector<std::uint32_t> columns;
  std::vector<double> values, labels;
  for (const auto& worker : data.rows_of_worker) {
    rows.push_back(worker.rows());
    for (Index i = 0; i < worker.rows(); ++i) lengths.push_back(worker.start[i + 1] - worker.start[i]);
    columns.insert(columns.end(), worker.columns.begin(), worker.columns.end());
    values.insert(values.end(), worker.values.begin(), worker.values.end());
    labels.insert(labels.end(), worker.labels.begin(), worker.labels.end());
  }
  rows = gather(comm, rows);
  lengths = gather(comm, lengths);
  columns = gather(comm, columns);
  values = gather(comm, values);
  labels = gather(comm, labels);

  std::vector<linalg::SparseRows> all(rows.size());
  std::ptrdiff_t row = 0, entry = 0;
  for (Index m = 0; m < all.size(); ++m) {
    auto& worker = all[m];
    const auto end = row + static_cast<std::ptrdiff_t>(rows[m]);
    worker.labels.assign(labels.begin() + row, labels.begin() + end);
    for (; row < end; ++row) worker.start.push_back(worker.start.back() + lengths[static_cast<Index>(row)]);
    const auto last = entry + static_cast<std::ptrdiff_t>(worker.start.back());
    worker.columns.assign(columns.begin() + entry, columns.begin() + last);
    worker.values.assign(values.begin() + entry, values.begin() + last);
    entry = last;
  }
  return all;
}

}  // namespace vireo::problems
