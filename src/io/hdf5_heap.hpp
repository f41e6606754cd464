#pragma once

#include <string>
#include <vector>

#include "io/file_descriptor.hpp"
#include "vireo/core/layout.hpp"

namespace vireo::hdf5 {

/// Texts of any length lie in heaps of the file, and are referred to by their length, the heap's place and a number. The
/// library copies what lies there into room for the length that the reference says, without comparing them. throws
/// DataError that names the file if what looks like a reference has less room than its text takes. `first` is where HDF5's part of the file
/// begins, and `skipped`, in any order, what is known to be numbers.
void check_heaps(const io::FileDescriptor& file, const std::string& named, std::size_t first,
                 std::vector<Range> skipped);

}  // namespace vireo::hdf5
