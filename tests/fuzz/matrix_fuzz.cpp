// A matrix in a well-formed HDF5 file in which anything may be missing, or of another type, shape, layout or value: it is
// read by blocks, finite and the same in blocks of any size, or refused with one line.
//
// An input is a list of edits (hdf5_edits.hpp). Its bytes themselves are not fuzzed: HDF5 makes no promise about damaged
// files.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "hdf5_edits.hpp"
#include "io/hdf5_matrix.hpp"
#include "support.hpp"

namespace {

using namespace vireo;
using fuzz::require;

constexpr std::array names{"A", "H", "group/A", "group", "/", ".", "A/A", ""};
constexpr std::array attributes{"units", ""};

std::string whole_file() {
  const fuzz::ScratchFile scratch;
  {
    auto file = hdf5::File::create(scratch.path());
    file.create_group("group");
    const Vector numbers(20, 0.5);
    const std::array<hsize_t, 2> sizes{5, 4};
    const hdf5::Handle space(H5Screate_simple(2, sizes.data(), nullptr), H5Sclose);
    for (const char* const name : {"A", "H", "group/A"}) {
      const hdf5::Handle made(
          H5Dcreate2(file.id(), name, H5T_NATIVE_DOUBLE, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Dclose);
      file.check(H5Dwrite(made.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()), "write it");
    }
    file.close();
  }
  return scratch.content();
}

void read(const std::string& path, const std::string& name) {
  try {
    const auto file = hdf5::File::open(path);
    const hdf5::Matrix matrix(file, name);
    require(matrix.rows() > 0 && matrix.columns() > 0, "a matrix without entries");
    if (matrix.rows() > 1000 || matrix.columns() > 1000) return;  // not read as a whole
    Vector all(matrix.rows() * matrix.columns());
    matrix.read({0, matrix.rows()}, {0, matrix.columns()}, all);
    require(std::ranges::all_of(all, [](double value) { return std::isfinite(value); }), "a number that is not finite");
    Vector row(matrix.columns());
    for (Index i = 0; i < matrix.rows(); ++i) {
      matrix.read({i, i + 1}, {0, matrix.columns()}, row);
      require(std::equal(row.begin(), row.end(), all.begin() + static_cast<std::ptrdiff_t>(i * matrix.columns())),
              "rows that differ from the whole");
    }
  } catch (const DataError& error) {
    fuzz::require_one_line(error.what());
    require(std::string_view(error.what()).starts_with(path), "an error that does not name the file");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string whole = whole_file();
  static const fuzz::ScratchFile file;
  file.put(whole);
  fuzz::NamedRecipe recipe({data, size}, names, attributes);
  fuzz::edit(file.path(), recipe);
  for (const char* const name : {"A", "group/A"}) read(file.path(), name);
  require(H5Fget_obj_count(static_cast<hid_t>(H5F_OBJ_ALL), H5F_OBJ_ALL) == 0, "handles that are left open");
  return 0;
}
