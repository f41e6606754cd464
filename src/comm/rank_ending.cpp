#include "comm/rank_ending.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "core/printable.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo::comm {
namespace {

bool is_peer_failure(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const PeerFailure&) {
    return true;
  } catch (...) {
    return false;
  }
}

std::string raw_text(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::bad_alloc&) {
    return "out of memory";
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception of unknown type";
  }
}

}  // namespace

RankEnding RankEnding::of(int rank, int status, const std::exception_ptr& failure) {
  RankEnding ending;
  ending.rank = rank;
  ending.status = static_cast<std::uint8_t>(status);
  if (failure) {
    ending.kind = is_peer_failure(failure) ? Kind::peer_failure : Kind::own_error;
    ending.error = kind_of(failure);
    if (ending.status == EXIT_SUCCESS) ending.status = EXIT_FAILURE;
  } else if (ending.status != EXIT_SUCCESS) {
    ending.kind = Kind::status_only;
  }
  return ending;
}

std::int64_t RankEnding::packed() const {
  return (static_cast<std::int64_t>(kind) << 48) | (static_cast<std::int64_t>(rank) << 16) |
         (static_cast<std::int64_t>(error) << 8) | static_cast<std::int64_t>(status);
}

RankEnding RankEnding::unpacked(std::int64_t value) {
  return {static_cast<Kind>(value >> 48), static_cast<int>((value >> 16) & 0xffffffff),
          static_cast<ErrorKind>((value >> 8) & 0xff), static_cast<std::uint8_t>(value & 0xff)};
}

std::string text_of(const std::exception_ptr& failure) {
  std::string text = raw_text(failure);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return printable(text, text.size());
}

std::string cause_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const PeerFailure& of_another) {
    return of_another.cause();
  } catch (...) {
    return text_of(failure);
  }
}

}  // namespace vireo::comm
