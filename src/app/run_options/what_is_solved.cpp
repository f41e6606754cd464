#include "app/run_options/fields.hpp"
#include "app/units.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

namespace {

/// A plug-in of one of the registry's catalogs
template <class Entry>
Field plug_in(Chosen<Entry> Configuration::*member, Catalog<Entry> Registry::*catalog) {
  return {[=](Configuration& c, const std::string& text, const Registry& registry) {
            c.*member = choose(registry.*catalog, text);
          },
          [=](const Configuration& c) -> std::vector<std::string> { return {(c.*member).text()}; }};
}

Field regularizers() {
  return {[](Configuration& c, const std::string& text, const Registry& registry) {
            const auto placed = parse_placed_spec(text);
            c.regularizers.push_back({placed.block, choose(registry.regularizers, placed.spec)});
          },
          [](const Configuration& c) {
            std::vector<std::string> out;
            for (const auto& [block, regularizer] : c.regularizers)
              out.push_back(text({block, regularizer.parameters.resolved()}));
            return out;
          }};
}

Field workers() {
  return only_if(
      [](const Configuration& c) { return c.workers.has_value(); },
      field(
          &Configuration::workers,
          [](const std::string& text) -> std::optional<Index> { return static_cast<Index>(parse_count(text, 1)); },
          [](const std::optional<Index>& workers) { return std::to_string(*workers); }));
}

Field allow_unproven() {
  return field(
      &Configuration::allow_unproven, [](const std::string& text) { return text == "on"; },
      [](bool allowed) { return std::string(allowed ? "on" : "off"); });
}

void check_data(Configuration& c, const GivenOptions& /*given*/) {
  const auto& plug = *c.problem.entry;
  const auto place = c.origins.of("data");
  if (plug.needs_data && c.data.empty())
    throw UsageError(place + " is missing: problem '" + plug.name + "' is made from a file");
  if (!plug.needs_data && !plug.takes_data && !c.data.empty())
    throw UsageError(place + ": problem '" + plug.name + "' reads no file");
}

}  // namespace

RunOptionGroup what_is_solved() {
  const auto fixed = OnResume::fixed;
  const auto seed = field(
      &Configuration::seed, [](const std::string& text) { return static_cast<std::uint64_t>(parse_count(text, 0)); },
      [](std::uint64_t value) { return std::to_string(value); });
  RunOption problem{{.name = "problem",
                     .value = "SPEC",
                     .meaning = "the variational inequality; see: vireo list problems",
                     .plug_ins = "problems"},
                    fixed,
                    plug_in(&Configuration::problem, &Registry::problems)};
  RunOption method{
      {.name = "method", .value = "SPEC", .meaning = "the method; see: vireo list methods", .plug_ins = "methods"},
      fixed,
      plug_in(&Configuration::method, &Registry::methods)};
  problem.required = method.required = true;
  return {
      "What is solved, and how",
      {problem,
       method,
       {{.name = "uplink",
         .value = "SPEC",
         .meaning = "compressor of what workers send; default none; see: vireo list compressors",
         .plug_ins = "compressors"},
        fixed,
        plug_in(&Configuration::uplink, &Registry::compressors),
        none},
       {{.name = "downlink",
         .value = "SPEC",
         .meaning = "compressor of what workers receive; default none",
         .plug_ins = "compressors"},
        fixed,
        plug_in(&Configuration::downlink, &Registry::compressors),
        none},
       {{.name = "regularizer",
         .value = "[BLOCK=]SPEC",
         .meaning =
             "g, on a block of coordinates that the problem names, or on all of them together; may be given once per block; "
             "see: vireo list regularizers",
         .repeatable = true,
         .plug_ins = "regularizers"},
        fixed,
        regularizers()},
       {{"data", "FILE", "the file that a problem is made from: LIBSVM text, plain or gzip, Matrix Market or HDF5"},
        fixed,
        path(&Configuration::data),
        {},
        check_data},
       {{"workers", "M",
         "number of workers that the components are dealt to; the result depends on it, and not on the "
         "number of ranks; default: the problem's own"},
        fixed,
        workers()},
       {{"seed", "S", "seed of all random draws; default 1"}, fixed, seed},
       {{"initial", "FILE.h5",
         "start from the point that another run returned, stored in its trace; projected onto the set if it lies "
         "outside; default: the problem's own starting point"},
        fixed,
        path(&Configuration::initial)},
       {{"allow-unproven", "", "run also where no theorem covers the setting"}, fixed, allow_unproven()}}};
}

}  // namespace vireo::app
