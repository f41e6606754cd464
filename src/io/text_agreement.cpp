#include "io/text_agreement.hpp"

#include <string>

#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {
namespace {

std::string text_of(const std::exception_ptr& failure) {
  if (!failure) return {};
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

void fail_together(Communicator& comm, const std::exception_ptr& mine) {
  const auto codes = gather_all(comm, mine ? static_cast<std::int64_t>(exit_code_of(mine)) : 0);
  for (int rank = 0; rank < comm.size(); ++rank) {
    const auto code = static_cast<ExitCode>(codes[static_cast<std::size_t>(rank)]);
    if (code == ExitCode::ok) continue;
    const std::string text = broadcast(comm, text_of(mine), rank);
    if (code == ExitCode::data) throw DataError(text);
    throw Error(code, text);
  }
}

}  // namespace vireo::io
