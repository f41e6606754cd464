#include "storage/leftover.hpp"

#include <fcntl.h>

#include <array>
#include <filesystem>
#include <mutex>
#include <string_view>

#include "io/file_descriptor.hpp"
#include "io/hdf5_matrix.hpp"
#include "storage/checkpoint_seal.hpp"
#include "storage/trace_format.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

namespace {

namespace fs = std::filesystem;

bool begins_as_hdf5(const std::string& path) {
  std::array<char, 8> buffer{};
  const auto got = io::FileDescriptor(path, O_RDONLY, "read it").read_at(buffer.data(), buffer.size(), 0);
  return hdf5::recognise(std::string_view(buffer.data(), got));
}

/// A trace that was not yet begun: HDF5 can make nothing of it, or finds nothing, or what says that it goes on.
bool is_begun_trace(const std::string& path) {
  if (!begins_as_hdf5(path)) return false;
  const std::lock_guard lock(hdf5::library_mutex());
  try {
    const auto file = hdf5::File::open(path);
    const auto attributes = file.attributes(file.id());
    if (trace::text(attributes, "format") == trace::format) return trace::text(attributes, "status") != "complete";
    return attributes.empty() && file.members("/").empty();
  } catch (const DataError&) {
    return true;
  }
}

bool is_left_over(const std::string& path) {
  using Kind = checkpoint::Verdict::Kind;
  const auto kind = checkpoint::glance(path).kind;
  return kind == Kind::good || kind == Kind::corrupt || is_begun_trace(path);  // corrupt: empty too
}

}  // namespace

void check_leftover(const std::string& path) {
  std::error_code missing;
  const auto status = fs::symlink_status(path, missing);
  if (!fs::exists(status) || (fs::is_regular_file(status) && is_left_over(path))) return;
  throw UsageError(path +
                   ": is where a temporary file would be, and not one that Vireo has left; it is not overwritten");
}

}  // namespace vireo
