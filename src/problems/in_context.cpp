#include "problems/in_context.hpp"

#include <string_view>

#include "comm/rank_ending.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo::problems {
namespace {

// What the texts of InContext begin with
constexpr std::string_view worker = "worker ";
constexpr std::string_view component = "component ";

}  // namespace

std::string name_of_worker(Index m) { return std::string(worker) + std::to_string(m); }
std::string name_of_component(Index i) { return std::string(component) + std::to_string(i); }

void throw_within(const std::string& where) {
  const auto failure = std::current_exception();
  try {
    throw;
  } catch (const InContext& inner) {
    throw inner.within(where);
  } catch (...) {
    throw InContext(kind_of(failure), where, comm::text_of(failure), failure);
  }
}

void throw_further_within(const std::string& where) {
  try {
    throw;
  } catch (const InContext& inner) {
    throw inner.within(where);
  } catch (const PeerFailure& failure) {
    const auto& cause = failure.cause();
    if (!cause.starts_with(worker) && !cause.starts_with(component)) throw;
    throw PeerFailure(failure.kind(), where + ", " + failure.cause());
  }
}

}  // namespace vireo::problems
