// Everything that Vireo brings along: each default passes its own check, each plug-in says what it is, and resolves to
// a spec that resolves to itself.
#include <gtest/gtest.h>

#include "vireo/plugins/registry.hpp"

namespace vireo {
namespace {

template <class Entry>
void check(const Shelf<Entry>& shelf) {
  EXPECT_FALSE(shelf.entries().empty()) << shelf.kind();
  for (const auto& entry : shelf.entries()) {
    SCOPED_TRACE(shelf.kind() + " " + entry.name);
    EXPECT_FALSE(entry.summary.empty() || entry.formula.empty() || entry.reference.empty());
    EXPECT_TRUE(static_cast<bool>(entry.make));
    for (const auto& parameter : entry.parameters) EXPECT_FALSE(parameter.meaning.empty()) << parameter.name;
    const auto resolved = Parameters(shelf.kind(), Spec::parse(entry.name), entry.parameters).resolved();
    EXPECT_EQ(Parameters(shelf.kind(), Spec::parse(resolved.text()), entry.parameters).resolved(), resolved);
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
