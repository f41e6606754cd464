#include "io/named_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/printable.hpp"
#include "io/own_file.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

namespace fs = std::filesystem;

std::string absolute_path(const std::string& named) {
  const auto path = fs::absolute(named);
  constexpr std::size_t longest_shown = 1000;
  if (path.string().find_first_of("\n\r") != std::string::npos)
    throw UsageError("'" + printable(path.string(), longest_shown) + "' has a line break in it");
  // Behind a link to a directory, `..` is not the directory before the link.
  const auto parent = path.parent_path();
  if (std::ranges::find(parent, fs::path("..")) == parent.end()) return path.lexically_normal().string();
  std::error_code failure;
  const auto real = fs::weakly_canonical(parent, failure);
  return (failure ? path : real / path.filename()).lexically_normal().string();
}

std::string target_of(const std::string& path, Links followed) {
  constexpr int most_links = 40;  // as many as Linux follows
  fs::path at = path;
  std::error_code failure;
  for (int links = 0; fs::is_symlink(at, failure); ++links) {
    if (followed == Links::of_this_user) check_ours(at);
    const auto next = fs::read_symlink(at, failure);
    if (links == most_links || failure) throw IoError(path + ": cannot follow it: " + std::strerror(ELOOP));
    const auto base = fs::weakly_canonical(at.parent_path(), failure);
    at = (failure ? at.parent_path() : base) / next;  // which is `next` alone where that begins at the root
  }
  return at == path ? path : absolute_path(at.string());
}

void check_regular(const std::string& path, const std::string& action) {
  std::error_code missing;
  const auto status = fs::status(path, missing);
  if (!fs::exists(status) || fs::is_regular_file(status)) return;
  throw IoError(path + ": cannot " + action + ": it is " +
                (fs::is_directory(status) ? "a directory" : "not a regular file"));
}

bool same_place(const std::string& one, const std::string& other) {
  const fs::path a = one;
  const fs::path b = other;
  if (a.filename() != b.filename()) return false;
  std::error_code missing;
  return a.parent_path() == b.parent_path() || fs::equivalent(a.parent_path(), b.parent_path(), missing);
}

}  // namespace vireo::io
