#pragma once

#include <string>
#include <vector>

#include "app/resume_point.hpp"

/// A checkpoint may have been sent by somebody else: it does not choose where this program writes.
namespace vireo::app {

/// Rank 0: the trace that a run goes on with whose checkpoint, which the user calls `checkpoint`, says that its trace is
/// at `stored`: that path where it is one in the checkpoint's own folder and no link, or what lies under that name beside
/// the checkpoint, if it is the trace of the same run. throws UsageError for all others: it has the command that says that
/// the path is meant, made of `command_line`
[[nodiscard]] std::string stored_trace(const ResumePoint& from, const std::string& checkpoint,
                                       const std::string& stored, const std::vector<std::string>& command_line);

}  // namespace vireo::app
