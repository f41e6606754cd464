#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/options.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

/// Where the options of a run were given, so that what is found wrong with one later still names the place.
class OptionOrigins {
 public:
  OptionOrigins() = default;
  explicit OptionOrigins(const GivenOptions& given);

  /// "--seed", or "run.ini:3: seed"; "--seed" too where it was not given. `which`: of an option given several times
  [[nodiscard]] std::string of(const std::string& option, std::size_t which = 0) const;

  /// True if the option was given at all
  [[nodiscard]] bool given(const std::string& option) const { return places_.contains(option); }

  /// The text of an error about `option` with the place in front, once.
  [[nodiscard]] std::string named(const std::string& text, const std::string& option, std::size_t which = 0) const;
  /// likewise, but about the setting that the error names, if it names one
  [[nodiscard]] std::string named(const UsageError& error, const std::string& option, std::size_t which = 0) const;

  /// Runs an action that an option's value decides on; its UsageError, DataError and IoError get the place.
  template <class Action>
  auto blame(const std::string& option, Action&& action, std::size_t which = 0) const {
    try {
      return action();
    } catch (const UsageError& error) {
      throw UsageError(named(error, option, which));
    } catch (const DataError& error) {
      throw DataError(named(error.what(), option, which));
    } catch (const IoError& error) {
      throw IoError(named(error.what(), option, which));
    }
  }

 private:
  std::map<std::string, std::vector<std::string>> places_;
  std::string mark_ = "--";  ///< before the name of an option that was not given
};

}  // namespace vireo::app
