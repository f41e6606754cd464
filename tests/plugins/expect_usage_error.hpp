#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "vireo/core/error.hpp"

namespace vireo::testing {

/// The text of the UsageError that the call throws; the test fails if it throws none, or more than one line.
inline std::string usage_error(const std::function<void()>& call) {
  try {
    call();
  } catch (const UsageError& error) {
    const std::string text = error.what();
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    return text;
  }
  ADD_FAILURE() << "no error";
  return {};
}

}  // namespace vireo::testing
