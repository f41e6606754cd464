#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/prepare.hpp"
#include "storage/checkpoint_writer.hpp"
#include "storage/trace_writer.hpp"

/// What trace and checkpoint say of the run that they are of.
namespace vireo::app {

/// Collective. command_line: that the run was started with
[[nodiscard]] checkpoint::Header checkpoint_header(const PreparedRun& run, const Setup& setup, Communicator& comm,
                                                   const std::vector<std::string>& command_line);

/// On rank 0, the trace's writer, in which `rows` of an existing trace stay (0: it is a new one); null elsewhere, and
/// without a trace. Collective. solution: z*, where it is known
[[nodiscard]] std::unique_ptr<trace::Writer> open_trace(const PreparedRun& run, const Outputs& outputs,
                                                        const checkpoint::Header& of_run, const Method& method,
                                                        const std::optional<Vector>& solution, Communicator& comm,
                                                        std::int64_t rows);

}  // namespace vireo::app
