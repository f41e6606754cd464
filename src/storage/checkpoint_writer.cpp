#include "storage/checkpoint_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>

#include "comm/mpi_communicator.hpp"
#include "io/file_descriptor.hpp"
#include "io/hdf5_matrix.hpp"
#include "io/hdf5_shared.hpp"
#include "io/own_file.hpp"
#include "storage/checkpoint_inventory.hpp"
#include "storage/checkpoint_seal.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::checkpoint {

namespace {

using Parts = std::array<const Inventory*, 2>;

void rename(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0)
    throw IoError(to + ": cannot put the checkpoint in place: " + std::strerror(errno));
}

/// Not less than the file will have: its arrays, its texts, and what HDF5 needs besides.
std::size_t most_bytes(const Header& header, const Parts& parts) {
  constexpr std::size_t of_hdf5 = std::size_t{64} << 10U;
  std::size_t bytes = of_hdf5 + header.config.size();
  for (const auto* const part : parts)
    for (const auto& array : part->arrays()) bytes += array.height * array.width * sizeof(double);
  return bytes;
}

/// As long as all ranks write to it
io::ReplacedMode writable(io::ReplacedMode mode) {
  mode.mode |= S_IRUSR | S_IWUSR;
  return mode;
}

/// Rank 0: the whole file but for the numbers in its arrays, with room for them on the disk. A full disk is found out
/// here, where one rank can say so; a collective write would hang on it.
void lay_out(const std::string& path, const Header& header, const Parts& parts, const io::ReplacedMode& mode) {
  const std::lock_guard lock(hdf5::library_mutex());
  {
    io::remove_leftover(path);
    auto file = hdf5::File::create_new(path, seal_bytes);
    io::set_mode(path, writable(mode));
    file.set(file.id(), {{"format", std::string(format)}, {"format_version", format_version}});
    file.set(file.id(), header.manifest);
    file.write_text("config", header.config);
    for (const auto& [name, attributes] : {std::pair{"problem", &header.problem}, {"constants", &header.constants}}) {
      const auto group = file.create_group(name);
      file.set(group.id(), *attributes);
    }
    if (const auto& data = header.data) {
      const auto group = file.create_group(data_group);
      file.set(group.id(), {{"path", data->path}, {"bytes", data->bytes}, {"sha256", data->sha256}});
    }
    for (const auto* const part : parts) {
      const auto group = file.create_group(part->group());
      file.set(group.id(), part->scalars());
      for (const auto& array : part->arrays())
        hdf5::reserve_array(file, array.name, array.matrix ? std::optional<Index>(array.height) : std::nullopt,
                            array.width);
    }
    file.close();
  }
  io::FileDescriptor(path, O_RDWR, "write to it").reserve();
}

/// All ranks: the numbers.
void fill(Communicator& comm, const std::string& path, const Parts& parts) {
  hdf5::SharedFile file(comm, path);
  for (const auto* const part : parts)
    for (const auto& array : part->arrays())
      file.write(array.name, array.matrix, array.rows, array.columns, array.values);
  file.close();
}

/// Rank 0: the finished file becomes the newest generation. A kill between the two renames leaves the previous
/// generation, where a reader looks for it.
void put_in_place(const std::string& path, Generations generations) {
  const bool replaced = ::access(path.c_str(), F_OK) == 0;
  io::set_mode(unfinished_of(path), replaced_mode(path));
  if (generations == Generations::keep_previous && replaced) rename(path, previous_of(path));
  rename(unfinished_of(path), path);
  if (generations == Generations::begin) ::unlink(previous_of(path).c_str());
  io::sync_directory_of(path);
}

}  // namespace

bool write(Communicator& comm, const std::string& path, const Header& header, const Placement& placement,
           RunState& state, Generations generations) {
  Inventory run(run_group, placement);
  Inventory method(method_group, placement);
  state.list_run(run);
  state.list_method(method);
  if (combine(comm, run.finite() && method.finite() ? 1 : 0, Reduction::minimum) == 0) return false;
  const Parts parts{&run, &method};

  const auto unfinished = unfinished_of(path);
  try {
    collectively(comm, [&] {
      io::check_size_limit(unfinished, most_bytes(header, parts));
      if (comm.rank() == 0) lay_out(unfinished, header, parts, replaced_mode(path));
    });
    fill(comm, unfinished, parts);
    seal(comm, unfinished);
    collectively(comm, [&] {
      if (comm.rank() == 0) put_in_place(path, generations);
    });
  } catch (...) {  // on all ranks alike
    if (comm.rank() == 0) ::unlink(unfinished.c_str());
    throw;
  }
  return true;
}

}  // namespace vireo::checkpoint
