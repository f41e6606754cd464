// Any text as the spec of a plug-in: it is read or refused with one line; what is read is written to a text that reads
// back as the same, whose values in brackets are specs or texts of their own, 64 levels deep at most.
#include <cstdint>
#include <string>

#include "support.hpp"
#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace {

using namespace vireo;
using fuzz::require;

/// How many levels of specs are read from the text; 0: it is refused
int levels_of(const std::string& text) {
  Spec spec;
  try {
    spec = Spec::parse(text);
  } catch (const UsageError& error) {
    fuzz::require_one_line(error.what());
    return 0;
  }
  require(!spec.name.empty(), "a spec without a name");
  require(Spec::parse(spec.text()) == spec, "a spec that reads back as another: " + spec.text());
  int deepest = 0;
  for (const auto& [key, value] : spec.values) {
    require(!key.empty(), "a key without a name");
    deepest = std::max(deepest, levels_of(value));
  }
  return deepest + 1;
}

/// As a plug-in with parameters of every kind takes it
void take(const std::string& text) {
  static const std::vector<Parameter> known{
      Parameter::real("real", "0.5", "", 0, 1).open_below(),  Parameter::integer("count", "3", "", 1).or_auto(),
      Parameter::choice("choice", "one", "", {"one", "two"}), Parameter::flag("flag", "off", ""),
      Parameter::step("step", "auto", "").or_named({"best"}), Parameter::spec("inner", "none", "")};
  try {
    const Parameters parameters("method", Spec::parse(text), known);
    const auto resolved = parameters.resolved();
    require(Parameters("method", resolved, known).resolved() == resolved, "values that resolve to others");
  } catch (const UsageError& error) {
    fuzz::require_one_line(error.what());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  require(levels_of(text) <= 66, "a spec that is nested too deeply");  // 64 in brackets, in the outermost one
  take(text);
  return 0;
}
