#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/hdf5.hpp"
#include "io/libsvm_files.hpp"
#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::test {

using Rows = std::vector<std::vector<double>>;

/// Matrix Market text of an array, which lists columns
inline std::string array_text(const Rows& A) {
  std::string text = "%%MatrixMarket matrix array real general\n% a comment\n" + std::to_string(A.size()) + " " +
                     std::to_string(A[0].size()) + "\n";
  for (std::size_t j = 0; j < A[0].size(); ++j)
    for (const auto& row : A) text += format_real(row[j]) + "\n";
  return text;
}

/// Matrix Market text of the nonzeros, last row first
inline std::string coordinate_text(const Rows& A) {
  std::string entries;
  int count = 0;
  for (std::size_t i = A.size(); i-- > 0;)
    for (std::size_t j = 0; j < A[i].size(); ++j) {
      if (A[i][j] == 0) continue;
      entries += std::to_string(i + 1) + " " + std::to_string(j + 1) + "\t" + format_real(A[i][j]) + "\n";
      ++count;
    }
  return "%%MatrixMarket matrix coordinate real general\n" + std::to_string(A.size()) + " " +
         std::to_string(A[0].size()) + " " + std::to_string(count) + "\n" + entries;
}

/// An HDF5 file with matrices and lists of numbers, removed at the end of the scope
class Hdf5File {
 public:
  using Matrices = std::vector<std::pair<std::string, Rows>>;
  using Lists = std::vector<std::pair<std::string, Vector>>;
  explicit Hdf5File(const Matrices& matrices, const Lists& lists = {}) : scratch_("", ".h5") {
    auto file = hdf5::File::create(path());
    for (const auto& [name, rows] : matrices) {
      std::vector<double> values;
      for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
      const hsize_t sizes[2] = {rows.size(), rows[0].size()};
      const hdf5::Handle space(H5Screate_simple(2, sizes, nullptr), H5Sclose);
      const hdf5::Handle dataset(
          H5Dcreate2(file.id(), name.c_str(), H5T_NATIVE_DOUBLE, space.id(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
          H5Dclose);
      H5Dwrite(dataset.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    }
    for (const auto& [name, values] : lists) file.write_vector(name, values);
    file.close();
  }
  [[nodiscard]] std::string path() const { return scratch_.path(); }

 private:
  ScratchFile scratch_;
};

}  // namespace vireo::test
