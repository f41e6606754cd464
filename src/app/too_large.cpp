#include "app/too_large.hpp"

#include <fmt/format.h>

#include <new>
#include <stdexcept>
#include <string>

#include "app/text.hpp"
#include "core/too_large.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

/// What is too large; empty: the exception is another one
std::string demand() {
  try {
    throw;
  } catch (const TooLarge& error) {
    return fmt::format("an array of {}", human_bytes(static_cast<double>(error.bytes())));
  } catch (const std::bad_alloc&) {
    return "an array";
  } catch (const std::length_error&) {
    return "an array that no memory holds";
  } catch (...) {
    return {};
  }
}

}  // namespace

void blame_for_size(const Configuration& configuration) {
  const auto array = demand();
  if (array.empty()) return;
  const auto& origins = configuration.origins;
  const auto text = [&](const std::string& option, const std::string& value) {
    return fmt::format("{}: {}: takes {}, for which there is no room in memory", origins.of(option), value, array);
  };
  if (!configuration.data.empty()) throw DataError(text("data", configuration.data));
  throw UsageError(text("problem", configuration.problem.parameters.resolved().text()));
}

}  // namespace vireo::app
