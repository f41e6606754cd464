// What the program returns for each kind of error: the numbers that scripts rest on.
#include "app/exit_codes.hpp"

#include <gtest/gtest.h>

#include <new>

namespace vireo::app {
namespace {

template <class Exception>
int code_of(const Exception& exception) {
  return static_cast<int>(exit_code_of(std::make_exception_ptr(exception)));
}

TEST(ExitCodeOf, IsTheOneOfTheKind) {
  EXPECT_EQ(code_of(Error(ErrorKind::internal, "x")), 1);
  EXPECT_EQ(code_of(UsageError("x")), 2);
  EXPECT_EQ(code_of(DataError("x")), 3);
  EXPECT_EQ(code_of(NumericalError("x")), 4);
  EXPECT_EQ(code_of(IoError("x")), 6);
  EXPECT_EQ(code_of(PeerFailure(ErrorKind::data, "x")), 3);
}

TEST(ExitCodeOf, IsInternalForWhatIsNotOurs) {
  EXPECT_EQ(code_of(std::bad_alloc()), 1);
  EXPECT_EQ(code_of(7), 1);
}

}  // namespace
}  // namespace vireo::app
