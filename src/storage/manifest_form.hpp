#pragma once

#include <string>

#include "io/hdf5.hpp"

namespace vireo {

/// What a file says of the run that it is of: texts of one line, where other programs take them up too. `run` is 16
/// hexadecimal digits, and `start_time` a time. throws DataError "<path>: its attribute ..."
void check_manifest(const std::string& path, const hdf5::Attributes& manifest);

}  // namespace vireo
