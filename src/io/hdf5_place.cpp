#include "io/hdf5_place.hpp"

#include <filesystem>
#include <mutex>
#include <vector>

#include "core/printable.hpp"
#include "io/examination.hpp"
#include "io/hdf5_matrix.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::hdf5 {

namespace {

namespace fs = std::filesystem;

constexpr int longest_chain = 16;

/// Whether a link is there, and of which kind
std::optional<H5L_info_t> link_at(const File& file, const std::string& name) {
  H5L_info_t info{};
  if (H5Lexists(file.id(), name.c_str(), H5P_DEFAULT) <= 0) return std::nullopt;
  file.check(H5Lget_info(file.id(), name.c_str(), &info, H5P_DEFAULT), "follow '" + name + "'");
  return info;
}

Place target_of(const File& file, const std::string& name, const H5L_info_t& info) {
  const std::string action = "follow '" + name + "'";
  constexpr std::size_t longest = 4096;
  const auto refuse = [&] { throw DataError(file.path() + ": cannot " + printable(action)); };
  if ((info.type != H5L_TYPE_SOFT && info.type != H5L_TYPE_EXTERNAL) || info.u.val_size > longest) refuse();
  std::vector<char> value(info.u.val_size + 1, '\0');
  file.check(H5Lget_val(file.id(), name.c_str(), value.data(), info.u.val_size, H5P_DEFAULT), action);
  if (info.type == H5L_TYPE_SOFT) {
    const std::string to = value.data();
    return {file.path(), to.starts_with('/') ? to : (fs::path(name).parent_path() / to).string()};
  }
  const char* other = nullptr;
  const char* to = nullptr;
  file.check(H5Lunpack_elink_val(value.data(), info.u.val_size, nullptr, &other, &to), action);
  return {(fs::path(file.path()).parent_path() / other).string(), to};
}

}  // namespace

std::optional<Place> first_link(const File& file, const std::string& name) {
  fs::path way;
  const auto steps = fs::path(name).relative_path();
  for (auto step = steps.begin(); step != steps.end(); ++step) {
    if (step->empty() || *step == ".") continue;
    way /= *step;
    const auto info = link_at(file, way.string());
    if (!info) return std::nullopt;
    if (info->type == H5L_TYPE_HARD) continue;
    auto target = target_of(file, way.string(), *info);
    for (++step; step != steps.end(); ++step) target.name += "/" + step->string();
    return target;
  }
  return std::nullopt;
}

Place find_dataset(Communicator& comm, const std::string& path, const std::string& name) {
  Place place{path, name};
  for (int links = 0;; ++links) {
    io::examine_together(comm, place.path, {place.name});
    std::optional<Place> next;
    collectively(comm, [&] {
      if (comm.rank() != 0) return;
      const std::lock_guard lock(library_mutex());
      if (links == longest_chain)
        throw DataError(path + ": '" + printable(name) + "' is behind more than " + std::to_string(longest_chain) +
                        " links");
      next = first_link(File::open(place.path, {place.name}), place.name);
    });
    if (combine(comm, next ? 1 : 0, Reduction::maximum) == 0) return place;
    place.path = broadcast(comm, next ? next->path : "", 0);
    place.name = broadcast(comm, next ? next->name : "", 0);
  }
}

}  // namespace vireo::hdf5
