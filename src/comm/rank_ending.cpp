#include "comm/rank_ending.hpp"

#include <algorithm>
#include <new>

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

RankEnding RankEnding::of(int rank, ExitCode code, const std::exception_ptr& failure) {
  if (failure) return {is_peer_failure(failure) ? Kind::peer_failure : Kind::own_error, rank, exit_code_of(failure)};
  return {code == ExitCode::ok ? Kind::success : Kind::code_only, rank, code};
}

std::int64_t RankEnding::packed() const {
  return (static_cast<std::int64_t>(kind) << 40) | (static_cast<std::int64_t>(rank) << 8) |
         static_cast<std::int64_t>(code);
}

RankEnding RankEnding::unpacked(std::int64_t value) {
  return {static_cast<Kind>(value >> 40), static_cast<int>((value >> 8) & 0xffffffff),
          static_cast<ExitCode>(value & 0xff)};
}

std::string text_of(const std::exception_ptr& failure) {
  std::string text = raw_text(failure);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace vireo::comm
