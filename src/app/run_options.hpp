#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/configuration.hpp"
#include "app/options.hpp"

/// The options that define a run, one record each. The command line and its help, the file of --config,
/// --print-config, what a resumed run may have otherwise, the man page and the completion all come from these records:
/// a new option is a record in one of run_options/*.cpp and a field of Configuration.
namespace vireo::app {

/// How the value of an option gets into a configuration, and out of it.
struct Field {
  /// throws UsageError that says what is wrong with the text, without the option's name
  std::function<void(Configuration&, const std::string& text, const Registry&)> read;
  /// texts that `read` turns into the same values: one, or none where there is nothing to write; several of an option
  /// that may be repeated
  std::function<std::vector<std::string>(const Configuration&)> write;
};

/// Whether a run that is resumed may have another value than it had.
enum class OnResume : std::uint8_t {
  fixed,  ///< the iterates depend on it
  free    ///< limits, tolerance, what is written, and on what it runs
};

/// One option of a run.
struct RunOption {
  Option option;
  OnResume on_resume = OnResume::fixed;
  Field field;
  std::string fallback = {};  ///< read where nothing is given; empty: Configuration's own
  /// Once all options are read: what follows from the others where this one was not given, and whether it goes with
  /// them. throws UsageError that names the options
  std::function<void(Configuration&, const GivenOptions&)> complete = {};
  bool required = false;
};

/// Records under a heading of the help.
struct RunOptionGroup {
  std::string heading;
  std::vector<RunOption> options;
};

/// All records, in the order of help, man page and --print-config.
[[nodiscard]] const std::vector<RunOptionGroup>& run_option_groups();

/// Name, value and meaning of all of them, or of those that resume lets free or keeps fixed.
[[nodiscard]] const OptionTable& run_options();
[[nodiscard]] OptionTable run_options(OnResume on_resume);

// The groups, each in a file of its own.
[[nodiscard]] RunOptionGroup what_is_solved();
[[nodiscard]] RunOptionGroup when_it_stops();
[[nodiscard]] RunOptionGroup what_is_written();
[[nodiscard]] RunOptionGroup faults();
[[nodiscard]] RunOptionGroup simulated_network();

}  // namespace vireo::app
