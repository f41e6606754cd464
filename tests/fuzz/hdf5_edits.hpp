#pragma once

#include <hdf5.h>

#include <span>
#include <string>

#include "recipe.hpp"

namespace vireo::fuzz {

/// A recipe for a file of some kind.
class NamedRecipe : public Recipe {
 public:
  /// Places that a reader of such files looks at, and some next to them, and likewise attributes; "" stands for a name of
  /// the recipe's own.
  NamedRecipe(std::span<const std::uint8_t> bytes, std::span<const char* const> paths,
              std::span<const char* const> attributes)
      : Recipe(bytes), paths_(paths), attributes_(attributes) {}

  [[nodiscard]] std::string path() { return name_of(paths_); }
  [[nodiscard]] std::string attribute() { return name_of(attributes_); }

 private:
  std::string name_of(std::span<const char* const> known) {
    const char* const name = known[byte() % known.size()];
    return *name != '\0' ? name : text();
  }

  std::span<const char* const> paths_;
  std::span<const char* const> attributes_;
};

/// Changes up to eight things in an HDF5 file, as the recipe says: an object is removed, renamed, replaced by a group, a
/// text, an array of any type, shape and layout, a named type or a link that leads anywhere; an attribute is removed or
/// set to anything. All through the library, so that the file stays well-formed; what it refuses is left undone. Nothing
/// is done where the recipe is empty.
void edit(const std::string& path, NamedRecipe& recipe);

}  // namespace vireo::fuzz
