#pragma once

#include <string>

/// Whose a file is that lies where this program writes: a directory may be open to others.
namespace vireo::io {

/// throws UsageError "<path>: belongs to another user, ..." if there is a file (or a link) of another user's. Links are
/// not followed. Not collective.
void check_ours(const std::string& path);

/// Whose the file at `path` is, if it belongs neither to this user nor to the owner of `other`: "belongs to another user
/// (number 1001)"; empty where it does, and where nothing is there. Links are not followed. Not collective.
[[nodiscard]] std::string stranger_beside(const std::string& path, const std::string& other);

/// Checks that a temporary file of Vireo's can be made at `path`, whose name is Vireo's own: nothing is there, or a
/// regular file of this user's that has no other name, such as a run that was killed leaves. throws UsageError for
/// anything else, which is not opened, and stays as it is. Not collective.
void check_leftover(const std::string& path);

/// Removes what check_leftover lets pass, so that a file can be made there which was not there before. throws UsageError
/// like that
void remove_leftover(const std::string& path);

/// The mode of the file that another one is to replace, be it 0600; empty: none is there
struct ReplacedMode {
  bool known = false;
  unsigned mode = 0;
};
[[nodiscard]] ReplacedMode mode_of(const std::string& path);

/// Gives a file that mode, if it is known. throws IoError
void set_mode(const std::string& path, const ReplacedMode& replaced);

}  // namespace vireo::io
