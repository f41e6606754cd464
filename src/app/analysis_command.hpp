#pragma once

#include <string>

namespace vireo::app {

/// How the analysis of traces is called from where this program is: by its name alone if what is installed beside the
/// program is on PATH, else by its path; in the source tree as its pages call it.
[[nodiscard]] std::string analysis_command();

}  // namespace vireo::app
