#include "storage/manifest_form.hpp"

#include <algorithm>
#include <string_view>

#include "core/printable.hpp"
#include "vireo/core/error.hpp"

namespace vireo {

namespace {

/// Whether the text has the shape of the pattern, in which x is a hexadecimal digit, 0 any digit.
bool has_form(std::string_view text, std::string_view pattern) {
  return std::ranges::equal(text, pattern, [](char c, char form) {
    const bool digit = c >= '0' && c <= '9';
    if (form == 'x') return digit || (c >= 'a' && c <= 'f');
    return form == '0' ? digit : c == form;
  });
}

}  // namespace

void check_manifest(const std::string& path, const hdf5::Attributes& manifest) {
  constexpr std::size_t longest = 10000;
  for (const auto& [name, value] : manifest) {
    const auto* const text = std::get_if<std::string>(&value);
    if (text == nullptr) continue;
    const auto refuse = [&, &name = name](const std::string& what) {
      throw DataError(path + ": its attribute '" + printable(name) + "' is not " + what);
    };
    if (name == "run" && !has_form(*text, "xxxxxxxxxxxxxxxx")) refuse("16 hexadecimal digits");
    if (name == "start_time" && !has_form(*text, "0000-00-00T00:00:00Z")) refuse("a time");
    if (printable(*text, longest) != *text) refuse("a text of one line");
  }
}

}  // namespace vireo
