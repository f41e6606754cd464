#pragma once

#include <cstddef>

/// The two sides of an examination agree on these.
namespace vireo::io::examiner {

/// PROGRAM command version DESCRIPTOR NAME [DATASET...]; another version of Vireo has another number
inline constexpr const char* command = "--examine-hdf5";
inline constexpr const char* version = "1";
/// The answer: the first word at once; at the end the second, or the third with a space and why, or the fourth likewise
/// where it is not the file that is at fault, but the disk
inline constexpr const char* begun = "begun\n";
inline constexpr const char* passed = "passed";
inline constexpr const char* refused = "refused";
inline constexpr const char* failed = "failed";

/// Memory that the process may have, in bytes
inline constexpr std::size_t most_memory = std::size_t{1} << 30U;
/// Seconds of processor time for a file of so many bytes: HDF5 reads 300 MB a second and more, also compressed ones
constexpr std::size_t most_seconds(std::size_t bytes) { return 4 + bytes / (std::size_t{20} << 20U); }
/// Seconds for it on the clock, where a file system may make it wait
constexpr std::size_t most_patience(std::size_t bytes) { return 30 + bytes / (std::size_t{1} << 20U); }

}  // namespace vireo::io::examiner
