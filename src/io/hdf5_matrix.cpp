#include "io/hdf5_matrix.hpp"

#include <array>
#include <cmath>

#include "vireo/core/error.hpp"

namespace vireo::hdf5 {

Matrix::Matrix(const File& file, const std::string& name) : file_(file), name_(name) {
  if (!file.exists(name)) throw DataError(file.path() + ": has no dataset '" + name + "'");
  dataset_ = file.open_dataset(name);
  const std::string action = "read '" + name + "'";
  const Handle space(file.check(H5Dget_space(dataset_.id()), action), H5Sclose);
  const Handle type(file.check(H5Dget_type(dataset_.id()), action), H5Tclose);
  const auto kind = H5Tget_class(type.id());
  if (H5Sget_simple_extent_ndims(space.id()) != 2 || (kind != H5T_FLOAT && kind != H5T_INTEGER))
    throw DataError(file.path() + ": '" + name + "' is not a matrix of numbers");
  std::array<hsize_t, 2> sizes{};
  H5Sget_simple_extent_dims(space.id(), sizes.data(), nullptr);
  rows_ = sizes[0];
  columns_ = sizes[1];
  if (rows_ == 0 || columns_ == 0) throw DataError(file.path() + ": '" + name + "' is empty");
  constexpr Index most_bytes = Index{1} << 50;
  if (rows_ > most_bytes / sizeof(double) / columns_)
    throw DataError(file.path() + ": '" + name + "' is " + std::to_string(rows_) + " x " + std::to_string(columns_) +
                    ": it would take more than a petabyte");
}

void Matrix::read(Range rows, Range columns, View out) const {
  if (rows.size() == 0 || columns.size() == 0) return;
  const std::string action = "read '" + name_ + "'";
  const std::array<hsize_t, 2> start{rows.begin, columns.begin};
  const std::array<hsize_t, 2> count{rows.size(), columns.size()};
  const Handle source(file_.check(H5Dget_space(dataset_.id()), action), H5Sclose);
  const Handle target(file_.check(H5Screate_simple(2, count.data(), nullptr), action), H5Sclose);
  file_.check(H5Sselect_hyperslab(source.id(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), action);
  file_.check(H5Dread(dataset_.id(), H5T_NATIVE_DOUBLE, target.id(), source.id(), H5P_DEFAULT, out.data()), action);
  for (Index e = 0; e < rows.size() * columns.size(); ++e)
    if (!std::isfinite(out[e]))
      throw DataError(file_.path() + ": '" + name_ + "'[" + std::to_string(rows.begin + e / columns.size()) + ", " +
                      std::to_string(columns.begin + e % columns.size()) + "] is not finite");
}

std::mutex& library_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace vireo::hdf5
