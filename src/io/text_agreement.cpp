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
  constexpr std::int64_t none = -1;
  const auto kinds = gather_all(comm, mine ? static_cast<std::int64_t>(kind_of(mine)) : none);
  for (int rank = 0; rank < comm.size(); ++rank) {
    if (kinds[static_cast<std::size_t>(rank)] == none) continue;
    const auto kind = static_cast<ErrorKind>(kinds[static_cast<std::size_t>(rank)]);
    const std::string text = broadcast(comm, text_of(mine), rank);
    if (kind == ErrorKind::data) throw DataError(text);
    if (kind == ErrorKind::io) throw IoError(text);
    throw Error(kind, text);
  }
}

}  // namespace vireo::io
