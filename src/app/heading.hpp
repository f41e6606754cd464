#pragma once

#include <string>

#include "app/assemble.hpp"
#include "app/named_constants.hpp"

namespace vireo::app {

/// Who runs what, where: printed before the constants are found, which may take a while.
[[nodiscard]] std::string problem_heading(const Configuration& configuration, const LoadedProblem& loaded,
                                          Communicator& comm);

/// Constants with their origin, the method's step and its formula, the compressors, when the run stops, and what is to
/// be said of the files that it writes.
[[nodiscard]] std::string method_heading(const Configuration& configuration, const LoadedProblem& loaded,
                                         const Setup& setup, const Channel& channel, const Method& method,
                                         const std::string& remark_on_files);

}  // namespace vireo::app
