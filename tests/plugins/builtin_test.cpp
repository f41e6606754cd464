// Everything that Vireo brings along: each default passes its own check, each plug-in says what it is, and resolves to
// a spec that resolves to itself.
#include <gtest/gtest.h>

#include "vireo/app/registry.hpp"

namespace vireo {
namespace {

template <class Entry>
void check(const Catalog<Entry>& catalog) {
  EXPECT_FALSE(catalog.entries().empty()) << catalog.kind();
  for (const auto& entry : catalog.entries()) {
    SCOPED_TRACE(catalog.kind() + " " + entry.name);
    EXPECT_FALSE(entry.summary.empty() || entry.formula.empty() || entry.reference.empty());
    EXPECT_TRUE(static_cast<bool>(entry.make));
    for (const auto& parameter : entry.parameters) EXPECT_FALSE(parameter.meaning.empty()) << parameter.name;
    const auto resolved = Parameters(catalog.kind(), Spec::parse(entry.name), entry.parameters).resolved();
    EXPECT_EQ(Parameters(catalog.kind(), Spec::parse(resolved.text()), entry.parameters).resolved(), resolved);
  }
}

TEST(Builtin, EveryPlugInIsDocumentedAndItsDefaultsAreValid) {
  const auto registry = Registry::builtin();
  check(registry.problems);
  check(registry.methods);
  check(registry.compressors);
  check(registry.regularizers);
}

}  // namespace
}  // namespace vireo
