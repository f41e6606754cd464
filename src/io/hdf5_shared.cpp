#include "io/hdf5_shared.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

#include "comm/mpi_communicator.hpp"
#include "io/hdf5_matrix.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::hdf5 {

namespace {

/// Numbers in one transfer: MPI counts bytes in 31 bits.
constexpr Index most_numbers = Index{1} << 26;

struct Block {
  Range rows;
  Range columns;
};

/// The block in pieces of at most `most_numbers`, in the order of the numbers.
std::vector<Block> pieces_of(Range rows, Range columns) {
  std::vector<Block> pieces;
  if (rows.size() == 0 || columns.size() == 0) return pieces;
  const Index rows_at_once = std::max<Index>(1, most_numbers / columns.size());
  for (Index r = rows.begin; r < rows.end; r += rows_at_once)
    for (Index c = columns.begin; c < columns.end; c += most_numbers)
      pieces.push_back({{r, std::min(rows.end, r + rows_at_once)}, {c, std::min(columns.end, c + most_numbers)}});
  return pieces;
}

MPI_Comm mpi_handle(Communicator& comm) {
  const auto* const mpi = dynamic_cast<const comm::MpiCommunicator*>(&comm);
  return mpi != nullptr && mpi->size() > 1 ? mpi->handle() : MPI_COMM_NULL;
}

}  // namespace

void reserve_array(const File& file, const std::string& name, std::optional<Index> height, Index width) {
  const std::string action = "create '" + name + "'";
  const std::array<hsize_t, 2> sizes{height.value_or(width), width};
  const Handle space(file.check(H5Screate_simple(height ? 2 : 1, sizes.data(), nullptr), action), H5Sclose);
  const Handle properties(file.check(H5Pcreate(H5P_DATASET_CREATE), action), H5Pclose);
  file.check(H5Pset_layout(properties.id(), H5D_CONTIGUOUS), action);
  file.check(H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY), action);
  file.check(H5Pset_fill_time(properties.id(), H5D_FILL_TIME_NEVER), action);
  file.check(H5Pset_obj_track_times(properties.id(), false), action);  // the same state is the same bytes
  const Handle dataset(file.check(H5Dcreate2(file.id(), name.c_str(), H5T_NATIVE_DOUBLE, space.id(), H5P_DEFAULT,
                                             properties.id(), H5P_DEFAULT),
                                  action),
                       H5Dclose);
}

SharedFile::SharedFile(Communicator& comm, const std::string& path)
    : comm_(comm), path_(path), parallel_(mpi_handle(comm) != MPI_COMM_NULL) {
  collectively(comm_, [&] {
    const std::lock_guard lock(library_mutex());
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const Handle access(check(H5Pcreate(H5P_FILE_ACCESS), "open it for writing"), H5Pclose);
    check(H5Pset_file_locking(access.id(), false, true), "open it for writing");
    transfer_ = Handle(check(H5Pcreate(H5P_DATASET_XFER), "open it for writing"), H5Pclose);
    if (parallel_) {
      check(H5Pset_fapl_mpio(access.id(), mpi_handle(comm_), MPI_INFO_NULL), "open it for writing");
      check(H5Pset_dxpl_mpio(transfer_.id(), H5FD_MPIO_COLLECTIVE), "open it for writing");
    }
    file_ = Handle(check(H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id()), "open it for writing"), H5Fclose);
  });
}

SharedFile::~SharedFile() {
  const std::lock_guard lock(library_mutex());
  file_.reset();
  transfer_.reset();
}

hid_t SharedFile::check(hid_t id, const std::string& action) const {
  if (id >= 0) return id;
  throw IoError(path_ + ": cannot " + action + ": " + failure_reason());
}

void SharedFile::write(const std::string& name, bool matrix, Range rows, Range columns, ConstView values) {
  if (!matrix) rows = {0, 1};
  const auto pieces = pieces_of(rows, columns);
  // a collective transfer needs all ranks, also those that have nothing more to write
  const auto rounds =
      static_cast<std::size_t>(combine(comm_, static_cast<std::int64_t>(pieces.size()), Reduction::maximum));
  const std::string action = "write '" + name + "'";
  collectively(comm_, [&] {
    const std::lock_guard lock(library_mutex());
    const Handle dataset(check(H5Dopen2(file_.id(), name.c_str(), H5P_DEFAULT), action), H5Dclose);
    const Handle target(check(H5Dget_space(dataset.id()), action), H5Sclose);
    const double* from = values.data();
    for (std::size_t i = 0; i < rounds; ++i) {
      const Block piece = i < pieces.size() ? pieces[i] : Block{};
      const hsize_t numbers = piece.rows.size() * piece.columns.size();
      const Handle source(check(H5Screate_simple(1, &numbers, nullptr), action), H5Sclose);
      if (numbers > 0) {
        const std::array<hsize_t, 2> start{piece.rows.begin, piece.columns.begin};
        const std::array<hsize_t, 2> count{piece.rows.size(), piece.columns.size()};
        const std::size_t skipped = matrix ? 0 : 1;
        check(H5Sselect_hyperslab(target.id(), H5S_SELECT_SET, &start[skipped], nullptr, &count[skipped], nullptr),
              action);
      } else {
        check(H5Sselect_none(target.id()), action);
        check(H5Sselect_none(source.id()), action);
        if (!parallel_) continue;
      }
      check(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, source.id(), target.id(), transfer_.id(), from), action);
      from += numbers;
    }
  });
}

void SharedFile::close() {
  collectively(comm_, [&] {
    const std::lock_guard lock(library_mutex());
    check(file_.reset(), "close it");
  });
}

}  // namespace vireo::hdf5
