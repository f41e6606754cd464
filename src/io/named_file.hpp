#pragma once

#include <cstdint>
#include <string>

/// What a path of the user's leads to.
namespace vireo::io {

/// The path from the root on, without what is idle in it. throws UsageError where a line break is in it, be it in
/// the name of the working directory: it could stand neither in a configuration, which is lines, nor in a message
[[nodiscard]] std::string absolute_path(const std::string& named);

/// Whose symbolic links are followed: another user's, in a directory that is open to others, may lead anywhere.
enum class Links : std::uint8_t { of_anybody, of_this_user };

/// The file that is written if one writes to `path`: where symbolic links lead, also to what does not exist yet; `path`
/// itself if it is no link. Not collective. throws IoError for links that lead in a circle, UsageError for one of
/// another user where only this user's are followed
[[nodiscard]] std::string target_of(const std::string& path, Links followed = Links::of_anybody);

/// throws IoError "<path>: cannot <action>: ..." where something is there that is no regular file. Not collective.
void check_regular(const std::string& path, const std::string& action);

/// Whether two paths are one name in one directory, whatever links lead to the directory. Neither need exist.
[[nodiscard]] bool same_place(const std::string& one, const std::string& other);

}  // namespace vireo::io
