#pragma once

#include <optional>
#include <string>

#include "io/hdf5.hpp"
#include "vireo/comm/communicator.hpp"

/// Links of HDF5, which lead to other datasets and to other files: Vireo follows them itself, step by step, so that the
/// library opens no file that was not examined.
namespace vireo::hdf5 {

/// Where a dataset is
struct Place {
  std::string path;  ///< of the file
  std::string name;  ///< in the file
};

/// The first link, on the way to `name`, that is not a hard one: where it leads, together with the rest of the way;
/// empty: there is none, or nothing. An external link's file is found from the folder of this one. throws DataError
[[nodiscard]] std::optional<Place> first_link(const File& file, const std::string& name);

/// Collective: where the dataset `name` of the file at `path` is, behind any links; the file has been examined. throws
/// DataError where nothing is there, and for a file behind them that is no regular one
[[nodiscard]] Place find_dataset(Communicator& comm, const std::string& path, const std::string& name);

}  // namespace vireo::hdf5
