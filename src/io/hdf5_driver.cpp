#include "io/hdf5_driver.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

namespace vireo::hdf5 {

namespace driver {
namespace {

/// What the property list carries.
struct Settings {
  WriteFailure* failure;
};

/// An open file. What the library keeps of it comes first.
struct OpenFile {
  H5FD_t of_library{};
  int descriptor = -1;
  haddr_t allocated = 0;  ///< the end of what the library has given away
  haddr_t end = 0;        ///< of the file, or of what it would be if everything had been written
  WriteFailure* failure = nullptr;
};

OpenFile& of(H5FD_t* file) { return *reinterpret_cast<OpenFile*>(file); }
const OpenFile& of(const H5FD_t* file) { return *reinterpret_cast<const OpenFile*>(file); }

/// The library's own drivers say it in these words, which `failure_reason` looks for.
void tell(hid_t minor, const char* what, int error) {
  H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_IO, minor,
           "%s: errno = %d, error message = '%s'", what, error, std::strerror(error));
}

void note(OpenFile& file, int error) {
  if (file.failure->error == 0) file.failure->error = error;
}

H5FD_t* open(const char* name, unsigned flags, hid_t access, haddr_t /*largest*/) {
  int how = (flags & H5F_ACC_RDWR) != 0 ? O_RDWR : O_RDONLY;
  if ((flags & H5F_ACC_TRUNC) != 0) how |= O_TRUNC;
  if ((flags & H5F_ACC_CREAT) != 0) how |= O_CREAT;
  if ((flags & H5F_ACC_EXCL) != 0) how |= O_EXCL;
  const auto* const settings = static_cast<const Settings*>(H5Pget_driver_info(access));
  if (settings == nullptr) return nullptr;
  const int descriptor = ::open(name, how | O_CLOEXEC, 0666);
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0) {
    tell(H5E_CANTOPENFILE, "cannot open the file", errno);
    if (descriptor >= 0) ::close(descriptor);
    return nullptr;
  }
  auto* const file = new (std::nothrow) OpenFile;
  if (file == nullptr) {
    ::close(descriptor);
    return nullptr;
  }
  file->descriptor = descriptor;
  file->end = static_cast<haddr_t>(status.st_size);
  file->failure = settings->failure;
  return &file->of_library;
}

/// For files that this one leads to: the library frees it.
void* settings_of(H5FD_t* file) {
  auto* const settings = static_cast<Settings*>(std::malloc(sizeof(Settings)));
  if (settings != nullptr) settings->failure = of(file).failure;
  return settings;
}

herr_t close(H5FD_t* handle) {
  const std::unique_ptr<OpenFile> file(&of(handle));
  if (::close(file->descriptor) != 0 && errno != EINTR) note(*file, errno);
  return 0;
}

herr_t query(const H5FD_t* /*file*/, unsigned long* flags) {
  if (flags != nullptr)
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_POSIX_COMPAT_HANDLE | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t allocated_end(const H5FD_t* file, H5FD_mem_t /*type*/) { return of(file).allocated; }
herr_t set_allocated_end(H5FD_t* file, H5FD_mem_t /*type*/, haddr_t end) {
  of(file).allocated = end;
  return 0;
}
haddr_t end(const H5FD_t* file, H5FD_mem_t /*type*/) { return of(file).end; }

herr_t descriptor(H5FD_t* file, hid_t /*access*/, void** out) {
  if (out == nullptr) return -1;
  *out = &of(file).descriptor;
  return 0;
}

/// Zeros are beyond the end of the file.
herr_t read(H5FD_t* handle, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t at, size_t bytes, void* buffer) {
  auto* to = static_cast<char*>(buffer);
  while (bytes > 0) {
    const auto got = ::pread(of(handle).descriptor, to, bytes, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      tell(H5E_READERROR, "cannot read the file", errno);
      return -1;
    }
    if (got == 0) {
      std::fill_n(to, bytes, '\0');
      return 0;
    }
    to += got;
    at += static_cast<haddr_t>(got);
    bytes -= static_cast<size_t>(got);
  }
  return 0;
}

herr_t write(H5FD_t* handle, H5FD_mem_t /*type*/, hid_t /*transfer*/, haddr_t at, size_t bytes, const void* buffer) {
  auto& file = of(handle);
  file.end = std::max(file.end, at + bytes);
  const auto* from = static_cast<const char*>(buffer);
  while (bytes > 0 && file.failure->error == 0) {
    const auto done = ::pwrite(file.descriptor, from, bytes, static_cast<off_t>(at));
    if (done < 0 && errno != EINTR) note(file, errno);
    if (done == 0) note(file, ENOSPC);
    if (done <= 0) continue;
    from += done;
    at += static_cast<haddr_t>(done);
    bytes -= static_cast<size_t>(done);
  }
  return 0;
}

herr_t truncate(H5FD_t* handle, hid_t /*transfer*/, hbool_t /*closing*/) {
  auto& file = of(handle);
  if (file.allocated == file.end) return 0;
  file.end = file.allocated;
  if (file.failure->error != 0) return 0;
  while (::ftruncate(file.descriptor, static_cast<off_t>(file.allocated)) != 0)
    if (errno != EINTR) {
      note(file, errno);
      break;
    }
  return 0;
}

H5FD_class_t make_class() {
  H5FD_class_t out{};
#if H5_VERSION_GE(1, 13, 0)
  out.version = H5FD_CLASS_VERSION;
  out.value = static_cast<H5FD_class_value_t>(600);  // any of those that are left to others
#endif
  out.name = "vireo";
  out.maxaddr = (haddr_t{1} << 62) - 1;
  out.fc_degree = H5F_CLOSE_STRONG;  // with all that is open in it
  out.fapl_size = sizeof(Settings);
  out.fapl_get = settings_of;
  out.open = open;
  out.close = close;
  out.query = query;
  out.get_eoa = allocated_end;
  out.set_eoa = set_allocated_end;
  out.get_eof = end;
  out.get_handle = descriptor;
  out.read = read;
  out.write = write;
  out.truncate = truncate;
  constexpr std::array<H5FD_mem_t, H5FD_MEM_NTYPES> places = H5FD_FLMAP_DICHOTOMY;  // as the library's own driver
  std::copy(places.begin(), places.end(), out.fl_map);
  return out;
}

}  // namespace
}  // namespace driver

void note_failures(hid_t access, WriteFailure& failure) {
  static const H5FD_class_t ours = driver::make_class();
  static const hid_t id = H5FDregister(&ours);
  const driver::Settings settings{&failure};
  H5Pset_driver(access, id, &settings);
}

}  // namespace vireo::hdf5
