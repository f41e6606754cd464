#include "io/file_kind.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "io/matrix_market.hpp"
#include "io/text_numbers.hpp"

namespace vireo::io {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view hdf5_signature = "\x89HDF\r\n\x1a\n"sv;

/// Formats that begin with bytes of their own
constexpr std::array signatures{
    std::pair{"\x93NUMPY"sv, "a NumPy array (.npy)"},
    std::pair{"PK\x03\x04"sv, "a zip archive (.zip, .npz or an office document)"},
    std::pair{"\x1f\x8b"sv, "compressed with gzip"},
    std::pair{"BZh"sv, "compressed with bzip2"},
    std::pair{"\xfd"
              "7zXZ"sv,
              "compressed with xz"},
    std::pair{"\x28\xb5\x2f\xfd"sv, "compressed with zstd"},
    std::pair{"MATLAB 5.0 MAT-file"sv, "a MATLAB file of version 5 to 7 (save it with -v7.3, which is HDF5)"},
    std::pair{"PAR1"sv, "a Parquet file"},
    std::pair{"CDF\x01"sv, "a NetCDF file"},
    std::pair{"CDF\x02"sv, "a NetCDF file"},
    std::pair{"ARROW1"sv, "an Arrow file"},
    std::pair{"\x80\x04\x95"sv, "a Python pickle"},
    std::pair{"%PDF"sv, "a PDF"},
    std::pair{"\x7f"
              "ELF"sv,
              "a program"},
};

bool is_number(std::string_view word) {
  double value = 0;
  return read_number(word, value).empty();
}

/// "LABEL INDEX:VALUE ..."
bool looks_like_libsvm(std::string_view line) {
  const auto label = next_word(line);
  const auto feature = next_word(line);
  const auto colon = feature.find(':');
  return is_number(label) && colon != feature.npos && is_number(feature.substr(0, colon)) &&
         is_number(feature.substr(colon + 1));
}

}  // namespace

bool begins_as_hdf5(std::string_view bytes) { return bytes.starts_with(hdf5_signature); }

bool is_hdf5(const TextFile& file) {
  constexpr std::uint64_t first_block = 512;
  std::array<char, hdf5_signature.size()> there{};
  for (std::uint64_t at = 0; at + there.size() <= file.bytes(); at = std::max(first_block, 2 * at))
    if (begins_as_hdf5({there.data(), file.read(at, there)})) return true;
  return false;
}

std::string file_kind(const TextFile& file) {
  if (is_hdf5(file)) return "an HDF5 file";
  std::array<char, 512> first{};
  const std::string_view beginning(first.data(), file.read(0, first));
  if (beginning.empty()) return "empty";
  if (MatrixMarketFile::recognise(beginning)) return "a Matrix Market file";
  for (const auto& [signature, kind] : signatures)
    if (beginning.starts_with(signature)) return kind;
  const auto line = trimmed(beginning.substr(0, beginning.find('\n')));
  if (looks_like_libsvm(line)) return libsvm_kind;
  if (line.find(',') != line.npos && line.find(':') == line.npos) return "a table with commas (.csv)";
  return {};
}

}  // namespace vireo::io
