#pragma once

#include <hdf5.h>

#include "recipe.hpp"

namespace vireo::fuzz {

/// Changes one thing in an open HDF5 file, as the recipe says: an object is removed, renamed, replaced by a group, a
/// text, an array of any type, shape and layout, a named type or a link that leads anywhere; an attribute is removed or
/// set to anything. All through the library, so that the file stays well-formed; what it refuses is left undone.
void edit(hid_t file, Recipe& recipe);

}  // namespace vireo::fuzz
