#pragma once

#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "vireo/core/layout.hpp"

/// A walk through a file that somebody has sent.
namespace vireo::hdf5 {

enum class Depth : std::uint8_t {
  layout,   ///< links, and how datasets are stored: nothing leads out of the file
  contents  ///< all metadata too, and every number that is not simply there; for a process that may die of it
};

/// Walks through all of a file that is one of Vireo's own. Refused are links that are not hard, groups that contain
/// themselves, datasets that lie in other files (external storage, virtual datasets), filters other than those of HDF5
/// itself, types other than numbers and texts, and claims of more than `bytes` of the file can hold. throws DataError
/// Gives the places in the file of numbers that are simply there, which were not read.
std::vector<Range> walk(const File& file, Depth depth, std::size_t bytes);

/// Reads these datasets of any file. They may lie in other files, all of them regular ones. throws DataError, also where
/// one is missing, and then names those that are there
void walk_datasets(const File& file, const std::vector<std::string>& names, std::size_t bytes);

}  // namespace vireo::hdf5
