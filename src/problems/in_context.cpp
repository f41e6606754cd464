#include "problems/in_context.hpp"

#include "comm/rank_ending.hpp"
#include "vireo/comm/collectively.hpp"

namespace vireo::problems {

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
    throw PeerFailure(failure.kind(), where + ", " + failure.cause());
  }
}

}  // namespace vireo::problems
