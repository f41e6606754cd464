#include "io/hdf5_walk.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <set>
#include <span>

#include "core/printable.hpp"
#include "io/hdf5_place.hpp"
#include "vireo/core/error.hpp"

namespace vireo::hdf5 {

namespace {

namespace fs = std::filesystem;

/// What nothing of Vireo's comes near
constexpr std::size_t most_links = 100000;
constexpr int most_levels = 16;
constexpr std::size_t most_text_bytes = std::size_t{64} << 20U;
constexpr hsize_t most_chunk_bytes = hsize_t{256} << 20U;
constexpr std::size_t texts_at_once = 4096;
/// Bytes that datasets may have beyond those of the file: chunks that are not full yet, or compressed
constexpr double more_than_the_file = 64e6;
/// How many times the file's own size a matrix may have: deflate makes a thousandth of zeros, and a tenth of data.
constexpr double most_compression = 100;

class Walk {
 public:
  Walk(const File& file, Depth depth, std::size_t bytes, bool own)
      : file_(file), depth_(depth), bytes_(bytes), own_(own) {}

  void group(const std::string& path, int level);
  void object(const std::string& path, int level);
  [[nodiscard]] const std::vector<Range>& unread() const { return unread_; }

 private:
  struct Link {
    std::string name;
    H5L_type_t type;
  };

  [[noreturn]] void refuse(const std::string& path, const std::string& what) const {
    throw DataError(file_.path() + ": '" + printable(path) + "' " + what);
  }
  hid_t check(hid_t id, const std::string& path) const { return file_.check(id, "read '" + path + "'"); }

  [[nodiscard]] std::vector<Link> links_of(hid_t group, const std::string& path) const;
  void dataset(hid_t id, const std::string& path);
  void check_storage(hid_t properties, const std::string& path) const;
  void check_other_files(hid_t properties, const std::string& path) const;
  void check_regular(const std::string& name, const std::string& path) const;
  void check_filters(hid_t properties, const std::string& path) const;
  void check_extent(hid_t id, hid_t properties, std::span<const hsize_t> sizes, std::size_t entry,
                    const std::string& path);
  void read_numbers(hid_t id, hid_t properties, hid_t space, std::span<const hsize_t> sizes, const std::string& path);
  void read_texts(hid_t id, hid_t space, std::span<const hsize_t> sizes, const std::string& path);
  void read_block(hid_t id, hid_t type, hid_t space, std::span<const hsize_t> start, std::span<const hsize_t> count,
                  void* to, const std::string& path) const;

  const File& file_;
  Depth depth_;
  std::size_t bytes_;
  bool own_;  ///< one of Vireo's own formats
  std::set<haddr_t> seen_;
  std::size_t links_ = 0;
  double claimed_ = 0;  ///< bytes of all datasets
  std::size_t text_bytes_ = 0;
  std::vector<Range> unread_;
};

std::vector<Walk::Link> Walk::links_of(hid_t group, const std::string& path) const {
  std::vector<Link> links;
  const auto visit = [](hid_t, const char* name, const H5L_info_t* info, void* data) -> herr_t {
    auto& out = *static_cast<std::vector<Link>*>(data);
    out.push_back({name, info->type});
    return out.size() > most_links ? 1 : 0;
  };
  check(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &links), path);
  return links;
}

void Walk::group(const std::string& path, int level) {
  const auto opened = file_.open_group(path);
  if (depth_ == Depth::contents) static_cast<void>(file_.attributes(opened.id()));
  if (level > most_levels) refuse(path, "is in too many groups");
  for (const auto& [name, type] : links_of(opened.id(), path)) {
    const auto there = path == "/" ? name : path + "/" + name;
    if (++links_ > most_links) refuse(path, "is one of too many things in the file");
    if (type != H5L_TYPE_HARD)
      refuse(there, type == H5L_TYPE_SOFT ? "is a soft link, which Vireo does not follow here"
                                          : "is a link to another file, which Vireo does not follow here");
    if (name.empty() || name == "." || name.find('/') != std::string::npos) refuse(there, "is no name");
    object(there, level + 1);
  }
}

void Walk::object(const std::string& path, int level) {
  const Handle opened(file_.check(H5Oopen(file_.id(), path.c_str(), H5P_DEFAULT), "find '" + path + "'"), H5Oclose);
  H5O_info_t info{};
  check(H5Oget_info(opened.id(), &info), path);
  const bool first = seen_.insert(info.addr).second;
  if (info.type == H5O_TYPE_DATASET) {
    if (first) dataset(file_.open_dataset(path).id(), path);
  } else if (info.type == H5O_TYPE_GROUP) {
    if (!first) refuse(path, "is a group that is in the file twice");
    if (own_) group(path, level);
  } else if (own_) {
    refuse(path, "is neither a group nor a dataset");
  }
}

void Walk::dataset(hid_t id, const std::string& path) {
  const Handle properties(check(H5Dget_create_plist(id), path), H5Pclose);
  check_storage(properties.id(), path);
  if (depth_ == Depth::layout) return;

  if (own_) static_cast<void>(file_.attributes(id));
  check_filters(properties.id(), path);
  const Handle type(check(H5Dget_type(id), path), H5Tclose);
  const Handle space(check(H5Dget_space(id), path), H5Sclose);
  const auto kind = H5Tget_class(type.id());
  const bool text = kind == H5T_STRING && H5Tis_variable_str(type.id()) > 0;
  if (kind != H5T_INTEGER && kind != H5T_FLOAT && kind != H5T_STRING) {
    if (own_) refuse(path, "is neither of numbers nor of texts");
    return;  // that it is no matrix is said where it should be one
  }
  const int rank = H5Sget_simple_extent_ndims(space.id());
  constexpr int most_dimensions = 8;
  if (rank < 0 || rank > most_dimensions) refuse(path, "has too many dimensions");
  std::array<hsize_t, most_dimensions> all{};
  if (rank > 0) check(H5Sget_simple_extent_dims(space.id(), all.data(), nullptr), path);
  const std::span sizes(all.data(), static_cast<std::size_t>(rank));
  if (H5Sget_simple_extent_type(space.id()) == H5S_NULL) return;
  check_extent(id, properties.id(), sizes, text ? 16 : std::max<std::size_t>(H5Tget_size(type.id()), 8), path);
  if (text)
    read_texts(id, space.id(), sizes, path);
  else if (kind != H5T_STRING)
    read_numbers(id, properties.id(), space.id(), sizes, path);
}

/// Nothing of it lies in another file, unless that is allowed; then in regular ones.
void Walk::check_storage(hid_t properties, const std::string& path) const {
  const auto layout = H5Pget_layout(properties);
  const int external = H5Pget_external_count(properties);
  if (external < 0 || layout < 0) refuse(path, "is stored in a way that cannot be read");
  if (own_ && external > 0) refuse(path, "is stored in another file, which Vireo does not follow here");
  if (own_ && layout == H5D_VIRTUAL)
    refuse(path, "is made of datasets of other files, which Vireo does not follow here");
  if (!own_) check_other_files(properties, path);
}

void Walk::check_other_files(hid_t properties, const std::string& path) const {
  std::array<char, 4096> name{};
  for (int i = 0; i < H5Pget_external_count(properties); ++i) {
    check(H5Pget_external(properties, static_cast<unsigned>(i), name.size() - 1, name.data(), nullptr, nullptr), path);
    check_regular(name.data(), path);  // from the working directory on, as HDF5 does
  }
  std::size_t sources = 0;
  if (H5Pget_layout(properties) != H5D_VIRTUAL) return;
  check(H5Pget_virtual_count(properties, &sources), path);
  for (std::size_t i = 0; i < sources; ++i) {
    if (H5Pget_virtual_filename(properties, i, name.data(), name.size() - 1) < 0) refuse(path, "names no source");
    const std::string named = name.data();
    if (named == ".") continue;
    const auto source = (fs::path(file_.path()).parent_path() / named).string();
    check_regular(source, path);
    if (H5Pget_virtual_dsetname(properties, i, name.data(), name.size() - 1) < 0) refuse(path, "names no source");
    const auto other = File::open_unexamined(source, source);
    if (first_link(other, name.data())) refuse(path, "is made of what is behind a link");
    if (other.exists(name.data())) Walk(other, Depth::layout, bytes_, true).object(name.data(), 0);
  }
}

void Walk::check_regular(const std::string& name, const std::string& path) const {
  struct stat status {};
  if (::stat(name.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
    refuse(path, "lies in " + printable(name, 1000) + ", which is no regular file");
}

void Walk::check_filters(hid_t properties, const std::string& path) const {
  const int count = H5Pget_nfilters(properties);
  check(count, path);
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    std::array<char, 64> name{};
    const auto filter = H5Pget_filter2(properties, static_cast<unsigned>(i), &flags, &values, nullptr, name.size() - 1,
                                       name.data(), nullptr);
    if (filter < 0) refuse(path, "has a filter that cannot be read");
    const bool known = filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_FLETCHER32;
    if (own_ && !known) refuse(path, "has a filter that no file of Vireo's has");
    if (H5Zfilter_avail(filter) > 0) continue;
    const std::string called = name[0] != '\0' ? name.data() : "number " + std::to_string(filter);
    throw DataError(file_.path() + ": the filter '" + printable(called) + "' that '" + printable(path) +
                    "' is compressed with is not installed");
  }
}

/// What it claims to be is no more than what the file can hold, and what is simply there lies in the file.
void Walk::check_extent(hid_t id, hid_t properties, std::span<const hsize_t> sizes, std::size_t entry,
                        const std::string& path) {
  double numbers = 1;
  for (const auto size : sizes) numbers *= static_cast<double>(size);
  claimed_ += numbers * static_cast<double>(entry);
  const double most = static_cast<double>(bytes_) * (own_ ? 1.0 : most_compression) + more_than_the_file;
  if (H5Pget_external_count(properties) == 0 && H5Pget_layout(properties) != H5D_VIRTUAL && !(claimed_ <= most))
    refuse(path, fmt::format("would have {:.4g} entries, more than the file can hold", numbers));
  if (H5Pget_layout(properties) != H5D_CONTIGUOUS || H5Pget_external_count(properties) > 0) return;
  const auto offset = H5Dget_offset(id);
  const auto stored = H5Dget_storage_size(id);
  if (offset != HADDR_UNDEF && (offset > bytes_ || stored > bytes_ - offset)) refuse(path, "ends beyond the file");
}

void Walk::read_block(hid_t id, hid_t type, hid_t space, std::span<const hsize_t> start, std::span<const hsize_t> count,
                      void* to, const std::string& path) const {
  if (start.empty()) {
    check(H5Dread(id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, to), path);
    return;
  }
  const Handle target(check(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), path), H5Sclose);
  check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), path);
  check(H5Dread(id, type, target.id(), space, H5P_DEFAULT, to), path);
}

void Walk::read_numbers(hid_t id, hid_t properties, hid_t space, std::span<const hsize_t> sizes,
                        const std::string& path) {
  const Handle type(check(H5Dget_type(id), path), H5Tclose);
  const auto layout = H5Pget_layout(properties);
  // As it is in the file, so it is in memory: there is nothing to go wrong, and a large checkpoint is not read twice.
  if (layout == H5D_CONTIGUOUS && H5Pget_external_count(properties) == 0 &&
      (H5Tequal(type.id(), H5T_IEEE_F64LE) > 0 || H5Tequal(type.id(), H5T_STD_I64LE) > 0)) {
    if (const auto offset = H5Dget_offset(id); offset != HADDR_UNDEF)
      unread_.push_back({offset, offset + H5Dget_storage_size(id)});
    return;
  }
  std::vector<hsize_t> block(sizes.begin(), sizes.end());
  constexpr hsize_t at_once = 1 << 20;
  if (layout == H5D_CHUNKED) {
    check(H5Pget_chunk(properties, static_cast<int>(block.size()), block.data()), path);
  } else {  // as many lines as are no more than that
    hsize_t rest = 1;
    for (auto size = block.rbegin(); size != block.rend(); ++size) {
      *size = std::clamp<hsize_t>(*size, 1, std::max<hsize_t>(1, at_once / rest));
      rest *= *size;
    }
  }
  double most = sizeof(double);
  for (std::size_t i = 0; i < block.size(); ++i) {
    block[i] = std::min(block[i], sizes[i]);
    most *= static_cast<double>(block[i]);
    if (sizes[i] == 0) return;
  }
  if (most > static_cast<double>(most_chunk_bytes)) refuse(path, "has chunks that are too large");
  std::vector<double> values(static_cast<std::size_t>(most / sizeof(double)));
  const hid_t wanted = H5Tget_class(type.id()) == H5T_INTEGER ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE;
  std::vector<hsize_t> start(sizes.size(), 0);
  for (bool more = true; more;) {
    std::vector<hsize_t> count(sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) count[i] = std::min(block[i], sizes[i] - start[i]);
    read_block(id, wanted, space, start, count, values.data(), path);
    more = false;
    for (std::size_t i = sizes.size(); i-- > 0 && !more;) {  // the next block, the last index first
      more = sizes[i] - start[i] > block[i];
      start[i] = more ? start[i] + block[i] : 0;
    }
  }
}

void Walk::read_texts(hid_t id, hid_t space, std::span<const hsize_t> sizes, const std::string& path) {
  if (sizes.size() > 1) refuse(path, "is neither a text nor a list of texts");
  const Handle type(check(H5Tcopy(H5T_C_S1), path), H5Tclose);
  check(H5Tset_size(type.id(), H5T_VARIABLE), path);
  check(H5Tset_cset(type.id(), H5T_CSET_UTF8), path);
  const hsize_t size = sizes.empty() ? 1 : sizes[0];
  std::array<char*, texts_at_once> texts{};
  for (hsize_t first = 0; first < size; first += texts_at_once) {
    const std::array<hsize_t, 1> start{first};
    const std::array<hsize_t, 1> count{std::min<hsize_t>(texts_at_once, size - first)};
    read_block(id, type.id(), space, sizes.empty() ? std::span<const hsize_t>() : start, count, texts.data(), path);
    for (hsize_t i = 0; i < count[0]; ++i) {
      if (texts[i] != nullptr) text_bytes_ += std::char_traits<char>::length(texts[i]);
      H5free_memory(texts[i]);
    }
    if (text_bytes_ > most_text_bytes) refuse(path, "has texts that are too long");
  }
}

}  // namespace

std::vector<Range> walk(const File& file, Depth depth, std::size_t bytes) {
  Walk walk(file, depth, bytes, true);
  walk.group("/", 0);
  return walk.unread();
}

namespace {

/// The datasets of a file, with their sizes, as far as they are easily found
std::vector<std::string> datasets_of(const File& file) {
  std::vector<std::string> names;
  const auto visit = [](hid_t, const char* name, const H5O_info_t* info, void* data) -> herr_t {
    auto& out = *static_cast<std::vector<std::string>*>(data);
    if (info->type == H5O_TYPE_DATASET) out.emplace_back(name);
    constexpr std::size_t enough = 13;
    return out.size() >= enough ? 1 : 0;
  };
  file.check(H5Ovisit(file.id(), H5_INDEX_NAME, H5_ITER_INC, visit, &names), "list what it holds");
  return names;
}

[[noreturn]] void refuse_missing(const File& file, const std::string& name) {
  constexpr std::size_t most = 12;
  std::string there;
  const auto names = datasets_of(file);
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
    there += (i == 0 ? "'" : ", '") + printable(names[i]) + "'";
  if (names.size() > most) there += ", ...";
  throw DataError(file.path() + ": has no dataset '" + printable(name) + "'; it has " +
                  (there.empty() ? "none" : there));
}

}  // namespace

void walk_datasets(const File& file, const std::vector<std::string>& names, std::size_t bytes) {
  Walk walk(file, Depth::contents, bytes, false);
  for (auto name : names) {
    constexpr int most_hops = 16;
    auto link = first_link(file, name);
    for (int hops = 0; link && link->path == file.path() && hops < most_hops; ++hops) {
      name = link->name;
      link = first_link(file, name);
    }
    if (link) continue;  // what lies in another file is read as a part of that
    if (!file.exists(name)) refuse_missing(file, name);
    walk.object(name, 0);
  }
}

}  // namespace vireo::hdf5
