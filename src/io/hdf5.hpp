#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "io/hdf5_driver.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/vector.hpp"

/// The part of HDF5's C interface that Vireo needs, with owned handles, and failures as exceptions that name the file.
namespace vireo::hdf5 {

/// Owns one identifier of the library.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept
      : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(std::exchange(other.close_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }

  [[nodiscard]] hid_t id() const { return id_; }
  /// Closes now; negative where that failed (closing again would not help).
  herr_t reset() {
    const hid_t id = std::exchange(id_, H5I_INVALID_HID);
    return id >= 0 && close_ != nullptr ? close_(id) : 0;
  }
  /// Never closes.
  void release() { id_ = H5I_INVALID_HID; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// An attribute's value; texts are UTF-8 of variable length, so that h5py gives `str`.
using Value = std::variant<std::int64_t, double, std::string, std::vector<std::string>>;
using Attributes = std::vector<std::pair<std::string, Value>>;

/// The file is something else.
struct NotHdf5 : DataError {
  using DataError::DataError;
};

class File;

/// A 1-D dataset of float64, int64 or texts that grows at its end.
class Column {
 public:
  Column(const File& file, Handle dataset, std::string name, hsize_t length = 0)
      : file_(&file), dataset_(std::move(dataset)), name_(std::move(name)), length_(length) {}
  void append(double value) { append(H5T_NATIVE_DOUBLE, &value, 1); }
  void append(std::int64_t value) { append(H5T_NATIVE_INT64, &value, 1); }
  void append(std::span<const double> values) { append(H5T_NATIVE_DOUBLE, values.data(), values.size()); }
  void append(std::span<const std::int64_t> values) { append(H5T_NATIVE_INT64, values.data(), values.size()); }
  void append(const std::string& value);
  [[nodiscard]] hsize_t length() const { return length_; }
  /// Cuts off what is beyond `length` entries.
  void shorten(hsize_t length);
  [[nodiscard]] hid_t id() const { return dataset_.id(); }

 private:
  void append(hid_t type, const void* values, hsize_t count);

  const File* file_;
  Handle dataset_;
  std::string name_;
  hsize_t length_ = 0;
};

/// A file that is written by this process alone (serial driver, default format bounds), or read. Failures to write are
/// IoError, as are those of the device to read; other failures to read are DataError. Both name the path and say why, as
/// far as the library knows. After a failure to write nothing more is written, and what is there stays as it was then.
/// The object must stay where it is while columns of it are alive.
class File {
 public:
  /// Makes an empty file, in place of what was there. Other processes may read it while it is written.
  static File create(const std::string& path) { return create(path, 0); }
  /// The same, with room for `user_block` bytes before what is HDF5's: 0, or a power of 2 from 512 on.
  static File create(const std::string& path, hsize_t user_block);
  /// The same, where nothing is: it follows no link, and takes no other's file.
  static File create_new(const std::string& path, hsize_t user_block = 0);
  /// Opens one of Vireo's own files for reading, also while it is written by another process. It may come from a
  /// stranger: it is examined before (io/examination.hpp). throws DataError
  static File open(const std::string& path) { return open(path, {}); }
  /// Opens any file, of which these datasets alone are looked at.
  static File open(const std::string& path, const std::vector<std::string>& datasets);
  /// Opens what may do harm, for reading; messages call it `named`.
  static File open_unexamined(const std::string& path, const std::string& named);

  [[nodiscard]] hid_t id() const { return handle_.id(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  Handle create_group(const std::string& name) const;
  [[nodiscard]] Handle open_group(const std::string& name) const;
  [[nodiscard]] bool exists(const std::string& name) const;
  /// names of the members of a group, in alphabetical order
  [[nodiscard]] std::vector<std::string> members(const std::string& group) const;

  /// Sets an attribute, in place of what was there.
  void set(hid_t object, const std::string& name, const Value& value) const;
  void set(hid_t object, const Attributes& attributes) const;
  /// All attributes of an object that have one of our types, in alphabetical order.
  [[nodiscard]] Attributes attributes(hid_t object) const;

  void write_text(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string read_text(const std::string& name) const;
  /// Writes a 1-D float64 dataset and returns it, for attributes.
  Handle write_vector(const std::string& name, ConstView values) const;
  /// Reads a 1-D dataset of numbers as float64 or int64.
  [[nodiscard]] Vector read_vector(const std::string& name) const;
  [[nodiscard]] std::vector<std::int64_t> read_integers(const std::string& name) const;
  [[nodiscard]] bool holds_integers(const std::string& name) const;
  [[nodiscard]] Handle open_dataset(const std::string& name) const;

  [[nodiscard]] std::vector<std::string> read_texts(const std::string& name) const;

  enum class Kind : std::uint8_t { reals, integers, texts };
  [[nodiscard]] Column create_column(const std::string& name, Kind kind, hsize_t chunk) const;
  /// An existing column, to be appended to
  [[nodiscard]] Column open_column(const std::string& name) const;
  /// Copies a group or a dataset, with all that is in it, from another file.
  void copy_from(const File& other, const std::string& name) const;

  /// Gives the file another name, in place of what was there; it stays open. Until then nobody looks for it there: so a
  /// file can be made in peace that is never seen half-made.
  void rename_to(const std::string& path);

  /// Bytes that the file has, or will have when everything is written
  [[nodiscard]] std::size_t size() const;

  /// Hands everything to the operating system, so that nothing is lost if this process is killed.
  void flush() const;
  /// Closes; the destructor does so too, but can not report a failure.
  void close();

  /// `id` if it is good, else the exception "<path>: cannot <action>: <reason>".
  hid_t check(hid_t id, const std::string& action) const;

 private:
  static File make(const std::string& path, hsize_t user_block, unsigned how);
  File(std::string path, bool writing) : path_(std::move(path)), writing_(writing) {}
  [[nodiscard]] hsize_t length_of(const Handle& dataset, const std::string& name) const;

  std::string path_;
  bool writing_;
  std::unique_ptr<WriteFailure> failure_;
  Handle handle_;
};

/// Why the library's latest call failed, and the errno of the system's call that did; 0: none did.
struct Reason {
  std::string text;
  int error = 0;
};
[[nodiscard]] Reason latest_failure();
/// Why the library's latest call failed: the operating system's reason where there is one ("No space left on device"),
/// else the library's innermost.
[[nodiscard]] std::string failure_reason();

/// What this process links, such as "1.10.8".
[[nodiscard]] std::string library_version();

}  // namespace vireo::hdf5
