#include "io/hdf5.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <type_traits>

#include "core/printable.hpp"
#include "core/too_large.hpp"
#include "io/device_error.hpp"
#include "vireo/core/error.hpp"

namespace vireo::hdf5 {

namespace {

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

/// Memory that the library allocated for texts of variable length.
class Texts {
 public:
  Texts(Handle type, Handle space, std::size_t count)
      : type_(std::move(type)), space_(std::move(space)), pointers_(count, nullptr) {}
  Texts(const Texts&) = delete;
  Texts& operator=(const Texts&) = delete;
  ~Texts() { H5Dvlen_reclaim(type_.id(), space_.id(), H5P_DEFAULT, pointers_.data()); }
  [[nodiscard]] char** data() { return pointers_.data(); }
  [[nodiscard]] std::string at(std::size_t i) const { return pointers_[i] == nullptr ? "" : pointers_[i]; }

 private:
  Handle type_;
  Handle space_;
  std::vector<char*> pointers_;
};

}  // namespace

Reason latest_failure() {
  struct Found {
    std::string innermost;
    std::string system;
    int error = 0;
  } found;
  const auto visit = [](unsigned, const H5E_error2_t* error, void* data) -> herr_t {
    auto& out = *static_cast<Found*>(data);
    const std::string text = error->desc == nullptr ? "" : error->desc;
    if (out.innermost.empty()) out.innermost = text;
    // of the operating system's own calls; MPI has words of its own for the same
    const std::string marker =
        text.find("MPI error string is '") == std::string::npos ? "error message = '" : "MPI error string is '";
    const auto begin = text.find(marker);
    if (begin != std::string::npos && out.system.empty()) {
      const auto start = begin + marker.size();
      out.system = text.substr(start, text.find('\'', start) - start);
      constexpr std::string_view number = "errno = ";
      if (const auto at = text.find(number); at != std::string::npos)
        out.error = std::atoi(text.c_str() + at + number.size());
    }
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, visit, &found);
  if (!found.system.empty()) return {found.system, found.error};
  if (found.innermost.starts_with("truncated file")) return {"it is truncated"};
  return {found.innermost.empty() ? "unknown reason" : found.innermost};
}

std::string failure_reason() { return latest_failure().text; }

void Column::append(hid_t type, const void* values, hsize_t count) {
  const std::string action = "write '" + name_ + "'";
  const hsize_t grown = length_ + count;
  file_->check(H5Dset_extent(dataset_.id(), &grown), action);
  const Handle target(file_->check(H5Dget_space(dataset_.id()), action), H5Sclose);
  const Handle source(file_->check(H5Screate_simple(1, &count, nullptr), action), H5Sclose);
  file_->check(H5Sselect_hyperslab(target.id(), H5S_SELECT_SET, &length_, nullptr, &count, nullptr), action);
  file_->check(H5Dwrite(dataset_.id(), type, source.id(), target.id(), H5P_DEFAULT, values), action);
  length_ = grown;
}

void Column::append(const std::string& value) {
  const char* const pointer = value.c_str();
  append(text_type().id(), &pointer, 1);
}

void Column::shorten(hsize_t length) {
  if (length >= length_) return;
  file_->check(H5Dset_extent(dataset_.id(), &length), "shorten '" + name_ + "'");
  length_ = length;
}

hid_t File::check(hid_t id, const std::string& action) const {
  const int refused = failure_ != nullptr ? failure_->error : 0;
  if (id >= 0 && refused == 0) return id;
  const auto reason = refused != 0 ? Reason{std::strerror(refused), refused} : latest_failure();
  constexpr std::size_t longest = 500;
  // the action may name what another program has put into the file; a refusal comes from any write before it
  const std::string attempt = refused != 0 ? "write to it" : printable(action, longest);
  const std::string text = path_ + ": cannot " + attempt + ": " + printable(reason.text, longest);
  if (writing_ || io::is_of_device(reason.error)) throw IoError(text);
  throw DataError(text);
}

Handle File::create_group(const std::string& name) const {
  return {check(H5Gcreate2(id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), "create '" + name + "'"),
          H5Gclose};
}

Handle File::open_group(const std::string& name) const {
  return {check(H5Gopen2(id(), name.c_str(), H5P_DEFAULT), "find '" + name + "'"), H5Gclose};
}

Handle File::open_dataset(const std::string& name) const {
  const std::string action = "find '" + name + "'";
  // the file is open under another name, from which the sources of virtual datasets would not be found
  const Handle access(check(H5Pcreate(H5P_DATASET_ACCESS), action), H5Pclose);
  check(H5Pset_virtual_prefix(access.id(), std::filesystem::path(path_).parent_path().c_str()), action);
  return {check(H5Dopen2(id(), name.c_str(), access.id()), action), H5Dclose};
}

bool File::exists(const std::string& name) const { return H5Lexists(id(), name.c_str(), H5P_DEFAULT) > 0; }

std::vector<std::string> File::members(const std::string& group) const {
  const Handle opened = open_group(group);
  std::vector<std::string> names;
  const auto visit = [](hid_t, const char* name, const H5L_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  check(H5Literate(opened.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names), "list '" + group + "'");
  return names;
}

void File::set(hid_t object, const std::string& name, const Value& value) const {
  const std::string action = "write attribute '" + name + "'";
  if (H5Aexists(object, name.c_str()) > 0) check(H5Adelete(object, name.c_str()), action);
  const auto write = [&](hid_t type, hid_t space, const void* data) {
    const Handle attribute(check(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), action),
                           H5Aclose);
    check(H5Awrite(attribute.id(), type, data), action);
  };
  const Handle scalar(check(H5Screate(H5S_SCALAR), action), H5Sclose);
  std::visit(
      [&](const auto& given) {
        using Type = std::decay_t<decltype(given)>;
        if constexpr (std::is_same_v<Type, std::int64_t>) {
          write(H5T_NATIVE_INT64, scalar.id(), &given);
        } else if constexpr (std::is_same_v<Type, double>) {
          write(H5T_NATIVE_DOUBLE, scalar.id(), &given);
        } else if constexpr (std::is_same_v<Type, std::string>) {
          const char* pointer = given.c_str();
          write(text_type().id(), scalar.id(), &pointer);
        } else {
          std::vector<const char*> pointers;
          for (const auto& text : given) pointers.push_back(text.c_str());
          const hsize_t size = pointers.size();
          const Handle space(check(H5Screate_simple(1, &size, nullptr), action), H5Sclose);
          write(text_type().id(), space.id(), pointers.data());
        }
      },
      value);
}

void File::set(hid_t object, const Attributes& attributes) const {
  for (const auto& [name, value] : attributes) set(object, name, value);
}

Attributes File::attributes(hid_t object) const {
  std::vector<std::string> names;
  const auto visit = [](hid_t, const char* name, const H5A_info_t*, void* data) -> herr_t {
    static_cast<std::vector<std::string>*>(data)->emplace_back(name);
    return 0;
  };
  check(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names), "list the attributes");

  Attributes out;
  for (const auto& name : names) {
    const std::string action = "read attribute '" + name + "'";
    const Handle attribute(check(H5Aopen(object, name.c_str(), H5P_DEFAULT), action), H5Aclose);
    const Handle type(check(H5Aget_type(attribute.id()), action), H5Tclose);
    Handle space(check(H5Aget_space(attribute.id()), action), H5Sclose);
    const bool array = H5Sget_simple_extent_ndims(space.id()) > 0;
    const auto count = H5Sget_simple_extent_npoints(space.id());
    if (count < 1) continue;
    constexpr hssize_t most_texts = 1 << 20;  // an entry for each rank, or word of a command line
    if (count > most_texts) throw DataError(path_ + ": its attribute '" + printable(name) + "' has too many entries");
    const auto kind = H5Tget_class(type.id());
    if (kind == H5T_INTEGER && !array) {
      std::int64_t value = 0;
      check(H5Aread(attribute.id(), H5T_NATIVE_INT64, &value), action);
      out.emplace_back(name, value);
    } else if (kind == H5T_FLOAT && !array) {
      double value = 0;
      check(H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value), action);
      out.emplace_back(name, value);
    } else if (kind == H5T_STRING && H5Tis_variable_str(type.id()) > 0) {
      Texts texts(text_type(), std::move(space), static_cast<std::size_t>(count));
      check(H5Aread(attribute.id(), text_type().id(), texts.data()), action);
      if (!array) {
        out.emplace_back(name, texts.at(0));
        continue;
      }
      std::vector<std::string> list;
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) list.push_back(texts.at(i));
      out.emplace_back(name, list);
    }
  }
  return out;
}

void File::write_text(const std::string& name, const std::string& text) const {
  const std::string action = "write '" + name + "'";
  const Handle space(check(H5Screate(H5S_SCALAR), action), H5Sclose);
  const Handle type = text_type();
  const Handle properties(check(H5Pcreate(H5P_DATASET_CREATE), action), H5Pclose);
  check(H5Pset_obj_track_times(properties.id(), false), action);
  const Handle dataset(
      check(H5Dcreate2(id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), action),
      H5Dclose);
  const char* pointer = text.c_str();
  check(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, &pointer), action);
}

std::string File::read_text(const std::string& name) const {
  const std::string action = "read '" + name + "'";
  const Handle dataset = open_dataset(name);
  const Handle type(check(H5Dget_type(dataset.id()), action), H5Tclose);
  Handle space(check(H5Dget_space(dataset.id()), action), H5Sclose);
  if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) <= 0 ||
      H5Sget_simple_extent_npoints(space.id()) != 1)
    throw DataError(path_ + ": '" + name + "' is not a text");
  Texts texts(text_type(), std::move(space), 1);
  check(H5Dread(dataset.id(), text_type().id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), action);
  return texts.at(0);
}

Handle File::write_vector(const std::string& name, ConstView values) const {
  const std::string action = "write '" + name + "'";
  const hsize_t size = values.size();
  const Handle space(check(H5Screate_simple(1, &size, nullptr), action), H5Sclose);
  Handle dataset(
      check(H5Dcreate2(id(), name.c_str(), H5T_NATIVE_DOUBLE, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
            action),
      H5Dclose);
  check(H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), action);
  return dataset;
}

hsize_t File::length_of(const Handle& dataset, const std::string& name) const {
  const Handle space(check(H5Dget_space(dataset.id()), "read '" + name + "'"), H5Sclose);
  const Handle type(check(H5Dget_type(dataset.id()), "read '" + name + "'"), H5Tclose);
  const auto kind = H5Tget_class(type.id());
  if (H5Sget_simple_extent_ndims(space.id()) != 1 || (kind != H5T_FLOAT && kind != H5T_INTEGER))
    throw DataError(path_ + ": '" + printable(name) + "' is not a list of numbers");
  hsize_t length = 0;
  H5Sget_simple_extent_dims(space.id(), &length, nullptr);
  constexpr hsize_t most = hsize_t{1} << 47U;
  try {
    require_memory(std::min(length, most) * sizeof(double));
  } catch (const TooLarge&) {
    throw DataError(path_ + ": '" + printable(name) + "' claims " + std::to_string(length) +
                    " numbers, for which there is no room in memory");
  }
  return length;
}

Vector File::read_vector(const std::string& name) const {
  const Handle dataset = open_dataset(name);
  Vector values(length_of(dataset, name));
  check(H5Dread(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "read '" + name + "'");
  return values;
}

std::vector<std::int64_t> File::read_integers(const std::string& name) const {
  const Handle dataset = open_dataset(name);
  std::vector<std::int64_t> values(length_of(dataset, name));
  check(H5Dread(dataset.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "read '" + name + "'");
  return values;
}

bool File::holds_integers(const std::string& name) const {
  const Handle dataset = open_dataset(name);
  const Handle type(check(H5Dget_type(dataset.id()), "read '" + name + "'"), H5Tclose);
  return H5Tget_class(type.id()) == H5T_INTEGER;
}

std::vector<std::string> File::read_texts(const std::string& name) const {
  const std::string action = "read '" + name + "'";
  const Handle dataset = open_dataset(name);
  const Handle type(check(H5Dget_type(dataset.id()), action), H5Tclose);
  Handle space(check(H5Dget_space(dataset.id()), action), H5Sclose);
  if (H5Tget_class(type.id()) != H5T_STRING || H5Tis_variable_str(type.id()) <= 0 ||
      H5Sget_simple_extent_ndims(space.id()) != 1)
    throw DataError(path_ + ": '" + printable(name) + "' is not a list of texts");
  const auto count = static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.id()));
  std::vector<std::string> out;
  if (count == 0) return out;
  Texts texts(text_type(), std::move(space), count);
  check(H5Dread(dataset.id(), text_type().id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), action);
  for (std::size_t i = 0; i < count; ++i) out.push_back(texts.at(i));
  return out;
}

Column File::create_column(const std::string& name, Kind kind, hsize_t chunk) const {
  const std::string action = "create '" + name + "'";
  const hsize_t none = 0;
  const hsize_t unlimited = H5S_UNLIMITED;
  const Handle space(check(H5Screate_simple(1, &none, &unlimited), action), H5Sclose);
  const Handle properties(check(H5Pcreate(H5P_DATASET_CREATE), action), H5Pclose);
  check(H5Pset_chunk(properties.id(), 1, &chunk), action);
  const Handle texts = text_type();
  const hid_t numbers = kind == Kind::integers ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE;
  return {*this,
          Handle(check(H5Dcreate2(id(), name.c_str(), kind == Kind::texts ? texts.id() : numbers, space.id(),
                                  H5P_DEFAULT, properties.id(), H5P_DEFAULT),
                       action),
                 H5Dclose),
          name};
}

Column File::open_column(const std::string& name) const {
  const std::string action = "read '" + name + "'";
  Handle dataset = open_dataset(name);
  const Handle space(check(H5Dget_space(dataset.id()), action), H5Sclose);
  hsize_t length = 0;
  if (H5Sget_simple_extent_ndims(space.id()) != 1) throw DataError(path_ + ": '" + printable(name) + "' is not a list");
  H5Sget_simple_extent_dims(space.id(), &length, nullptr);
  return {*this, std::move(dataset), name, length};
}

void File::copy_from(const File& other, const std::string& name) const {
  check(H5Ocopy(other.id(), name.c_str(), id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
        "copy '" + name + "' of " + other.path());
}

void File::rename_to(const std::string& path) {
  if (std::rename(path_.c_str(), path.c_str()) != 0) throw IoError(path + ": cannot write it: " + std::strerror(errno));
  path_ = path;
}

std::size_t File::size() const {
  hsize_t bytes = 0;
  check(H5Fget_filesize(id(), &bytes), "look at it");
  return bytes;
}

void File::flush() const { check(H5Fflush(id(), H5F_SCOPE_LOCAL), "write to it"); }

void File::close() { check(handle_.reset(), "close it"); }

std::string library_version() {
  // once: the library is not thread-safe, and all simulated ranks ask
  static const std::string version = [] {
    std::array<unsigned, 3> part{};
    H5get_libversion(&part[0], &part[1], &part[2]);
    return std::to_string(part[0]) + "." + std::to_string(part[1]) + "." + std::to_string(part[2]);
  }();
  return version;
}

}  // namespace vireo::hdf5
