#include <algorithm>
#include <mutex>
#include <optional>

#include "core/too_large.hpp"
#include "io/file_kind.hpp"
#include "io/hdf5_matrix.hpp"
#include "io/hdf5_place.hpp"
#include "io/matrix_market.hpp"
#include "io/text_agreement.hpp"
#include "io/text_stream.hpp"
#include "problems/matrix_game/payoff.hpp"
#include "vireo/core/error.hpp"

namespace vireo::problems {
namespace {

/// Matrix Market text: arrays become dense lines, coordinates sparse ones.
class TextPayoff final : public Payoff {
 public:
  explicit TextPayoff(std::unique_ptr<io::MatrixMarketFile> file)
      : Payoff(file->rows(), file->columns()), file_(std::move(file)) {
    // a few bytes of a file may claim sizes whose vectors alone nobody can keep
    require_memory((rows() + columns()) * sizeof(double));
  }

  linalg::LinesPointer rows_of(Range mine) override {
    return lines_of(mine, columns(), file_->entries_in_rows(mine),
                    [](const io::MatrixEntry& e) { return std::pair(e.row, e.column); });
  }
  linalg::LinesPointer columns_of(Range mine) override {
    return lines_of(mine, rows(), file_->entries_in_columns(mine),
                    [](const io::MatrixEntry& e) { return std::pair(e.column, e.row); });
  }
  [[nodiscard]] std::string source() const override { return "matrix-market"; }

 private:
  template <class Place>
  [[nodiscard]] linalg::LinesPointer lines_of(Range mine, Index length, const std::vector<io::MatrixEntry>& entries,
                                              Place place) const {
    if (file_->dense()) {
      auto lines = std::make_shared<linalg::DenseLines>(mine.size(), length);
      for (const auto& entry : entries) {
        const auto [line, at] = place(entry);
        lines->line(line - mine.begin)[at] = entry.value;
      }
      return lines;
    }
    linalg::SparseRows rows;
    rows.start.assign(mine.size() + 1, 0);
    for (const auto& entry : entries) {
      const auto [line, at] = place(entry);
      rows.start[line - mine.begin + 1] += 1;
      rows.columns.push_back(at);
      rows.values.push_back(entry.value);
    }
    for (Index l = 0; l < mine.size(); ++l) rows.start[l + 1] += rows.start[l];
    return std::make_shared<linalg::SparseLines>(std::move(rows), mine.size(), length);
  }

  std::unique_ptr<io::MatrixMarketFile> file_;
};

/// A dataset of an HDF5 file; each rank reads its blocks.
class DatasetPayoff final : public Payoff {
 public:
  DatasetPayoff(Communicator& comm, std::shared_ptr<const hdf5::File> file, std::shared_ptr<const hdf5::Matrix> matrix)
      : Payoff(matrix->rows(), matrix->columns()), comm_(comm), file_(std::move(file)), matrix_(std::move(matrix)) {}
  ~DatasetPayoff() override {
    const std::scoped_lock lock(hdf5::library_mutex());
    matrix_.reset();
    file_.reset();
  }

  linalg::LinesPointer rows_of(Range mine) override {
    auto lines = std::make_shared<linalg::DenseLines>(mine.size(), columns());
    locked([&] {
      for (Index i = mine.begin; i < mine.end; ++i)
        matrix_->read({i, i + 1}, {0, columns()}, lines->line(i - mine.begin));
    });
    return lines;
  }

  linalg::LinesPointer columns_of(Range mine) override {
    auto lines = std::make_shared<linalg::DenseLines>(mine.size(), rows());
    locked([&] {
      constexpr Index at_once = 256;  // rows
      Vector block(at_once * mine.size());
      for (Index first = 0; first < rows(); first += at_once) {
        const Range some{first, std::min(rows(), first + at_once)};
        matrix_->read(some, mine, block);
        for (Index c = 0; c < mine.size(); ++c)
          for (Index i = 0; i < some.size(); ++i) lines->line(c)[first + i] = block[i * mine.size() + c];
      }
    });
    return lines;
  }
  [[nodiscard]] std::string source() const override { return "hdf5"; }

 private:
  template <class Action>
  void locked(Action&& action) {
    io::together(comm_, [&] {
      const std::scoped_lock lock(hdf5::library_mutex());
      action();
    });
  }

  Communicator& comm_;
  std::shared_ptr<const hdf5::File> file_;
  std::shared_ptr<const hdf5::Matrix> matrix_;
};

}  // namespace

PayoffPointer payoff_from_file(Communicator& comm, const std::string& path, const std::string& dataset) {
  bool text = false;
  io::together(comm, [&] {
    const io::TextFile file(path);
    text = io::MatrixMarketFile::recognise(io::beginning_of(path, file, 512));
    if (text || io::is_hdf5(file)) return;
    const auto kind = io::file_kind(file);
    throw DataError(path + ": is " + (kind.empty() ? "" : kind + ", ") +
                    "neither a Matrix Market file (%%MatrixMarket ...) nor an HDF5 file");
  });
  if (text) return std::make_unique<TextPayoff>(std::make_unique<io::MatrixMarketFile>(comm, path));
  const auto place = hdf5::find_dataset(comm, path, dataset);
  std::shared_ptr<const hdf5::File> file;
  std::shared_ptr<const hdf5::Matrix> matrix;
  io::together(comm, [&] {
    const std::scoped_lock lock(hdf5::library_mutex());
    auto opened = std::make_shared<const hdf5::File>(hdf5::File::open(place.path, {place.name}));
    matrix = std::make_shared<const hdf5::Matrix>(*opened, place.name);
    file = std::move(opened);
  });
  return std::make_unique<DatasetPayoff>(comm, std::move(file), std::move(matrix));
}

}  // namespace vireo::problems
