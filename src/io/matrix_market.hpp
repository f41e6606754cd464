#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vireo/comm/communicator.hpp"
#include "vireo/core/layout.hpp"

namespace vireo::io {

/// An entry of a matrix; rows and columns count from 0.
struct MatrixEntry {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  double value = 0;
};

/// A matrix in Matrix Market text (Boisvert, Pozo, Remington, "The Matrix Market exchange formats", NISTIR 5935, 1996),
/// also compressed with gzip, spread over the ranks as it was read: each rank parses its share of the text once.
///
/// The banner in any case, after blanks too; `matrix`; coordinate or array; real, integer or pattern (whose entries are
/// 1); general, symmetric or skew-symmetric, of which the entries that the file leaves out are filled in.
class MatrixMarketFile {
 public:
  /// Collective. throws DataError "PATH:LINE: what is wrong", the same on all ranks, about the first wrong line of the
  /// file: another or no header, sizes that are not, an index out of range, a bad number, nan or infinity; "PATH: ..."
  /// if entries are missing or too many
  MatrixMarketFile(Communicator& comm, const std::string& path);

  /// Whether a text begins with the format's banner
  [[nodiscard]] static bool recognise(std::string_view beginning);

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index columns() const { return columns_; }
  /// all entries are listed
  [[nodiscard]] bool dense() const { return dense_; }

  /// The entries in this rank's rows, by row and within a row by column. Ranges of ranks may overlap. Collective.
  /// throws DataError if one occurs twice
  [[nodiscard]] std::vector<MatrixEntry> entries_in_rows(Range mine) const { return deliver(mine, true); }
  /// The entries in this rank's columns, by column and within a column by row.
  [[nodiscard]] std::vector<MatrixEntry> entries_in_columns(Range mine) const { return deliver(mine, false); }

 private:
  [[nodiscard]] std::vector<MatrixEntry> deliver(Range mine, bool by_row) const;

  Communicator& comm_;
  std::string path_;
  Index rows_ = 0;
  Index columns_ = 0;
  bool dense_ = false;
  std::vector<MatrixEntry> entries_;  ///< that this rank has parsed
};

}  // namespace vireo::io
