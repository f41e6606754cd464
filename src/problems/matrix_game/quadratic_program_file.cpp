#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "io/hdf5_matrix.hpp"
#include "io/hdf5_place.hpp"
#include "io/text_agreement.hpp"
#include "problems/matrix_game/quadratic_program.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::problems {
namespace {

class ProgramFile final : public QuadraticProgram {
 public:
  ProgramFile(Communicator& comm, const std::string& path) : comm_(comm) {
    // Each may lie in a file of its own.
    const std::array<std::string, 4> names{"H", "A", "h", "b"};
    std::array<hdf5::Place, names.size()> places;
    for (std::size_t i = 0; i < names.size(); ++i) places[i] = hdf5::find_dataset(comm, path, names[i]);
    locked([&] {
      std::array<std::unique_ptr<hdf5::File>, names.size()> files;
      for (std::size_t i = 0; i < names.size(); ++i)
        files[i] = std::make_unique<hdf5::File>(hdf5::File::open(places[i].path, {places[i].name}));
      auto H = std::make_unique<hdf5::Matrix>(*files[0], places[0].name);
      auto A = std::make_unique<hdf5::Matrix>(*files[1], places[1].name);
      n_ = H->rows();
      p_ = A->rows();
      const auto wrong = [&](const std::string& text) { throw DataError(path + ": " + text); };
      if (H->columns() != n_)
        wrong("'H' is " + std::to_string(n_) + " x " + std::to_string(H->columns()) + ", not square");
      if (A->columns() != n_)
        wrong("'A' has " + std::to_string(A->columns()) + " columns, but 'H' has " + std::to_string(n_));
      offset_ = std::make_shared<Vector>();
      append(*files[2], places[2].name, n_, "rows of 'H'");
      append(*files[3], places[3].name, p_, "rows of 'A'");
      files_ = std::move(files);
      H_ = std::move(H);
      A_ = std::move(A);
    });
  }
  ~ProgramFile() override {
    const std::scoped_lock lock(hdf5::library_mutex());
    H_.reset();
    A_.reset();
    for (auto& file : files_) file.reset();
  }

  [[nodiscard]] Index variables() const override { return n_; }
  [[nodiscard]] Index constraints() const override { return p_; }

  linalg::LinesPointer columns(Range mine) override {
    auto lines = std::make_shared<linalg::DenseLines>(mine.size(), n_ + p_);
    locked([&] {
      for (Index i = mine.begin; i < mine.end; ++i) H_->read({i, i + 1}, {0, n_}, lines->line(i - mine.begin));
      by_rows(*H_, mine, [&](Index row, Index l, double value) {
        const double mirrored = lines->line(l)[row];
        if (std::abs(value - mirrored) > 1e-12 * (std::abs(value) + std::abs(mirrored)))
          throw DataError(files_[0]->path() + ": 'H' is not symmetric: H[" + std::to_string(row) + ", " +
                          std::to_string(mine.begin + l) + "] = " + format_real(value) + ", but H[" +
                          std::to_string(mine.begin + l) + ", " + std::to_string(row) + "] = " + format_real(mirrored));
      });
      by_rows(*A_, mine, [&](Index row, Index l, double value) { lines->line(l)[n_ + row] = value; });
    });
    return lines;
  }

  linalg::LinesPointer rows(Range mine) override {
    auto lines = std::make_shared<linalg::DenseLines>(mine.size(), n_);
    locked([&] {
      for (Index j = mine.begin; j < mine.end; ++j) A_->read({j, j + 1}, {0, n_}, lines->line(j - mine.begin));
    });
    return lines;
  }
  std::shared_ptr<const Vector> offset() override { return offset_; }
  [[nodiscard]] std::string source() const override { return "hdf5"; }

 private:
  template <class Action>
  void locked(Action&& action) {
    io::together(comm_, [&] {
      const std::scoped_lock lock(hdf5::library_mutex());
      action();
    });
  }

  /// visit(row, column - mine.begin, value) for some columns of a matrix
  template <class Visit>
  static void by_rows(const hdf5::Matrix& matrix, Range mine, const Visit& visit) {
    constexpr Index at_once = 256;
    Vector block(at_once * mine.size());
    for (Index first = 0; first < matrix.rows(); first += at_once) {
      const Range some{first, std::min(matrix.rows(), first + at_once)};
      matrix.read(some, mine, block);
      for (Index i = 0; i < some.size(); ++i)
        for (Index l = 0; l < mine.size(); ++l) visit(first + i, l, block[i * mine.size() + l]);
    }
  }

  void append(const hdf5::File& file, const std::string& name, Index size, const std::string& of) {
    if (!file.exists(name)) throw DataError(file.path() + ": has no dataset '" + name + "'");
    const Vector values = file.read_vector(name);
    if (values.size() != size)
      throw DataError(file.path() + ": '" + name + "' has " + std::to_string(values.size()) +
                      " numbers, but there are " + std::to_string(size) + " " + of);
    if (!kernels::all_finite(values)) throw DataError(file.path() + ": '" + name + "' has a number that is not finite");
    for (const double value : values) offset_->push_back(-value);
  }

  Communicator& comm_;
  Index n_ = 0;
  Index p_ = 0;
  std::array<std::unique_ptr<hdf5::File>, 4> files_;
  std::unique_ptr<hdf5::Matrix> H_;
  std::unique_ptr<hdf5::Matrix> A_;
  std::shared_ptr<Vector> offset_;
};

}  // namespace

std::unique_ptr<QuadraticProgram> quadratic_program_from_file(Communicator& comm, const std::string& path) {
  return std::make_unique<ProgramFile>(comm, path);
}

}  // namespace vireo::problems
