#include "io/hdf5_shared.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "comm/collectively_within.hpp"
#include "comm/mpi_communicator.hpp"
#include "comm/stuck.hpp"
#include "comm/unclean.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5_matrix.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::hdf5 {

namespace {

/// Numbers in one transfer: MPI counts bytes in 31 bits.
constexpr Index most_numbers = Index{1} << 26;

/// Seconds for which ranks that are done with a call wait for the others: a rank that the disk fails while it opens the
/// file may wait in the library for all to close it. Nothing is read but where the arrays are; writing takes its time.
constexpr double to_open = 30;
constexpr double to_write = 3600;

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

void check_readable(const io::FileDescriptor& file) {
  std::array<char, 1> first{};
  static_cast<void>(file.read_at(first.data(), first.size(), 0));
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
  // Opening it together is a series of calls in which the others wait for ever for a rank that fails. So what keeps a
  // rank from opening it is found before: first on rank 0, then on those that open what rank 0 has seen.
  for (const bool first : {true, false})
    collectively(comm_, [&] {
      if ((comm_.rank() == 0) == first) check_readable(io::FileDescriptor(path, O_RDWR, "open it for writing"));
    });
  together(to_open, [&] {
    const std::lock_guard lock(library_mutex());
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const Handle access(check(H5Pcreate(H5P_FILE_ACCESS), "open it for writing"), H5Pclose);
    check(H5Pset_file_locking(access.id(), false, true), "open it for writing");
    if (parallel_)
      check(H5Pset_fapl_mpio(access.id(), mpi_handle(comm_), MPI_INFO_NULL), "open it for writing");
    else
      note_failures(access.id(), failure_);
    const hid_t opened = H5Fopen(path.c_str(), H5F_ACC_RDWR, access.id());
    // MPI has few words for why: the system is asked once more.
    if (opened < 0) check_readable(io::FileDescriptor(path, O_RDWR, "open it for writing"));
    file_ = Handle(check(opened, "open it for writing"), H5Fclose);
  });
}

SharedFile::~SharedFile() {
  const std::lock_guard lock(library_mutex());
  file_.reset();
}

/// The ranks may have come to different places in the library: closing the file would let them wait for each other, and
/// so would all that cleans it up later.
template <class Action>
void SharedFile::together(double patience_seconds, Action&& action) try {
  comm::collectively_within({.of_others_seconds = patience_seconds,
                             .absent = path_ + ": a rank does not come back from the file system, or waits there for "
                                               "another one"},
                            comm_, action);
} catch (...) {
  if (parallel_) {
    file_.release();
    comm::unclean() = true;
  }
  throw;
}

hid_t SharedFile::check(hid_t id, const std::string& action) const {
  if (id >= 0 && failure_.error == 0) return id;
  throw IoError(path_ + ": cannot " + action + ": " +
                (failure_.error != 0 ? std::strerror(failure_.error) : failure_reason()));
}

void SharedFile::write(const std::string& name, bool matrix, Range rows, Range columns, ConstView values) {
  if (!matrix) rows = {0, 1};
  const std::string action = "write '" + name + "'";
  together(to_write, [&] {
    const std::lock_guard lock(library_mutex());
    const Handle dataset(check(H5Dopen2(file_.id(), name.c_str(), H5P_DEFAULT), action), H5Dclose);
    const Handle target(check(H5Dget_space(dataset.id()), action), H5Sclose);
    const double* from = values.data();
    for (const auto& piece : pieces_of(rows, columns)) {
      const hsize_t numbers = piece.rows.size() * piece.columns.size();
      const Handle source(check(H5Screate_simple(1, &numbers, nullptr), action), H5Sclose);
      const std::array<hsize_t, 2> start{piece.rows.begin, piece.columns.begin};
      const std::array<hsize_t, 2> count{piece.rows.size(), piece.columns.size()};
      const std::size_t skipped = matrix ? 0 : 1;
      check(H5Sselect_hyperslab(target.id(), H5S_SELECT_SET, &start[skipped], nullptr, &count[skipped], nullptr),
            action);
      check(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, source.id(), target.id(), H5P_DEFAULT, from), action);
      from += numbers;
    }
  });
}

void SharedFile::close() {
  // What takes time is done before, where each rank can say that it fails. Ranks that the disk has told different
  // things may wait for each other within the library: the first of them ends all.
  std::optional<comm::Stuck> watch;
  if (parallel_) {
    collectively(comm_, [&] { io::FileDescriptor(path_, O_RDWR, "write to it").sync(); });
    watch.emplace(to_open + 2.0 * std::min(comm_.rank(), 8),
                  path_ + ": cannot close it: the ranks wait for each other, as after a failure of the disk [rank " +
                      std::to_string(comm_.rank()) + " on " + comm_.host() + "]");
  }
  together(to_write, [&] {
    const std::lock_guard lock(library_mutex());
    check(file_.reset(), "close it");
  });
}

}  // namespace vireo::hdf5
