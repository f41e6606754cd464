#pragma once

#include <string>
#include <string_view>

#include "io/text_file.hpp"

namespace vireo::io {

/// Whether HDF5's signature is at the beginning of these bytes
[[nodiscard]] bool begins_as_hdf5(std::string_view bytes);

/// Whether the file is HDF5, also behind a user block (as MATLAB writes it): the format's signature stands at byte 0,
/// 512, 1024, or a later doubling ("HDF5 File Format Specification", section II.A). throws DataError
[[nodiscard]] bool is_hdf5(const TextFile& file);

/// How `file_kind` calls it
inline constexpr const char* libsvm_kind = "text of LIBSVM's format";

/// What kind of file it is by its first bytes, as a message calls it: "a NumPy array (.npy)". Empty: none that is known.
/// throws DataError
[[nodiscard]] std::string file_kind(const TextFile& file);

}  // namespace vireo::io
