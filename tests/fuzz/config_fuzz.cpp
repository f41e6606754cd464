// Any text as a configuration file, or as a command line: it is read or refused with one line, and what is read is
// written, as in every trace and checkpoint, to a text that reads back as the same.
//
// The first byte: even: an INI file follows; odd: arguments, each ended by a zero.
#include <cstdint>
#include <string>
#include <vector>

#include "app/configuration.hpp"
#include "app/run_options.hpp"
#include "support.hpp"

namespace {

using namespace vireo;
using fuzz::require;

std::vector<Parameter> every_kind() {
  return {Parameter::real("real", "0.5", "", 0, 1).open_below(),
          Parameter::positive("positive", "auto", "").or_auto(),
          Parameter::integer("count", "3", "", 1).or_auto(),
          Parameter::real("any", "", "", -1e300, 1e300).or_infinite(),
          Parameter::choice("choice", "one", "", {"one", "two"}),
          Parameter::flag("flag", "off", ""),
          Parameter::step("step", "auto", "").or_named({"best"}),
          Parameter::text("text", "plain", ""),
          Parameter::spec("inner", "none", "")};
}

/// One plug-in with parameters of every kind, and one without, in every catalog: what is fuzzed is the reader, which
/// knows plug-ins by their parameters alone.
const Registry& registry() {
  static const Registry made = [] {
    Registry out;
    const auto fill = [](auto& catalog, auto entry, const std::string& plain) {
      entry.name = plain;
      catalog.add(entry);
      entry.name = "rich";
      entry.parameters = every_kind();
      catalog.add(entry);
    };
    ProblemPlugIn problem;
    problem.takes_data = true;
    fill(out.problems, problem, "game");
    fill(out.methods, MethodPlugIn{}, "method");
    fill(out.compressors, CompressorPlugIn{}, "none");
    fill(out.regularizers, RegularizerPlugIn{}, "ball");
    problem.needs_data = true;
    problem.name = "rows";
    out.problems.add(problem);
    return out;
  }();
  return made;
}

app::GivenOptions read(std::string_view input, bool arguments) {
  if (!arguments) return app::read_ini(std::string(input), "run.ini", app::run_options());
  std::vector<std::string> words;
  for (std::size_t at = 0; at < input.size();) {
    const auto end = std::min(input.find('\0', at), input.size());
    words.emplace_back(input.substr(at, end - at));
    at = end + 1;
  }
  return app::read_command_line(words, app::run_options(), "solve");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  app::Configuration configuration;
  try {
    configuration = app::make_configuration(read(input, data[0] % 2 == 1), registry());
  } catch (const UsageError& error) {
    fuzz::require_one_line(error.what());
    return 0;
  }
  const auto text = app::ini_text(configuration);
  try {
    const auto again = app::make_configuration(app::read_ini(text, "stored", app::run_options()), registry());
    require(app::ini_text(again) == text, "a configuration that reads back as another:\n" + text);
  } catch (const UsageError& error) {
    require(false, "a configuration that is not read back: " + std::string(error.what()) + "\n" + text);
  }
  return 0;
}
