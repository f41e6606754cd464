#include "io/device_error.hpp"
#include "io/examination.hpp"
#include "io/file_kind.hpp"
#include "io/foreign_file.hpp"
#include "io/hdf5.hpp"
#include "vireo/core/error.hpp"

namespace vireo::hdf5 {

namespace {

/// The library prints its stack of errors by default; ours is one line, made from the same stack.
void silence() { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

/// Locking off: the writer must not keep readers out, and several file systems of clusters have no locks.
Handle access_properties() {
  Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_file_locking(properties.id(), false, true);
  return properties;
}

/// `named` is what messages call the file.
void check_is_hdf5(const std::string& path, const std::string& named) {
  const htri_t answer = H5Fis_hdf5(path.c_str());
  if (answer > 0) return;
  if (answer < 0)
    if (const auto reason = latest_failure(); io::is_of_device(reason.error))
      throw IoError(named + ": cannot read it: " + reason.text);
  const auto kind = io::file_kind(io::TextFile(path, io::Bytes::all));
  throw NotHdf5(named + ": is " + (kind.empty() ? "not" : kind + ", not") + " an HDF5 file");
}

}  // namespace

File File::create(const std::string& path, hsize_t user_block) { return make(path, user_block, H5F_ACC_TRUNC); }

File File::create_new(const std::string& path, hsize_t user_block) { return make(path, user_block, H5F_ACC_EXCL); }

File File::make(const std::string& path, hsize_t user_block, unsigned how) {
  silence();
  File file(path, true);
  const Handle access = access_properties();
  file.failure_ = std::make_unique<WriteFailure>();
  note_failures(access.id(), *file.failure_);
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  file.check(H5Pset_userblock(creation.id(), user_block), "create the file");
  file.handle_ =
      Handle(file.check(H5Fcreate(path.c_str(), how, creation.id(), access.id()), "create the file"), H5Fclose);
  return file;
}

File File::open(const std::string& path, const std::vector<std::string>& datasets) {
  silence();
  const io::ForeignFile foreign(path);
  check_is_hdf5(foreign.name(), path);
  io::examine(foreign, datasets);
  return open_unexamined(foreign.name(), path);
}

File File::open_unexamined(const std::string& path, const std::string& named) {
  silence();
  check_is_hdf5(path, named);
  File file(named, false);
  const Handle access = access_properties();
  file.failure_ = std::make_unique<WriteFailure>();  // of its closing
  note_failures(access.id(), *file.failure_);
  file.handle_ =
      Handle(file.check(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), "open it as an HDF5 file"), H5Fclose);
  return file;
}

}  // namespace vireo::hdf5
