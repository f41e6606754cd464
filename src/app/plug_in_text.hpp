#pragma once

#include <string>

#include "vireo/app/registry.hpp"

/// What `vireo list` and the man page say of plug-ins besides what these say of themselves.
namespace vireo::app {

/// "p; 0 < real <= 1; default 0.1"
[[nodiscard]] std::string parameter_text(const Parameter& parameter);

/// "made from --data; 16 workers by default", "returns by default: last; has: the last point; the average of
/// z^{k+1/2}"; nothing of compressors and regularizers
[[nodiscard]] std::string defaults_text(const ProblemPlugIn& entry);
[[nodiscard]] std::string defaults_text(const MethodPlugIn& entry);
[[nodiscard]] std::string defaults_text(const PlugIn& entry);

}  // namespace vireo::app
