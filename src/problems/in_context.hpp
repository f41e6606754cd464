#pragma once

#include <exception>
#include <string>

#include "vireo/core/error.hpp"
#include "vireo/core/vector.hpp"

namespace vireo::problems {

/// An exception of an operator, with where it came from: "iteration 12, worker 3, component 17: what the exception
/// says". It has the kind of that exception, which it keeps.
class InContext : public Error {
 public:
  /// `where` and `what` are the two sides of the colon.
  InContext(ErrorKind kind, const std::string& where, const std::string& what, std::exception_ptr original)
      : Error(kind, where + ": " + what), where_(where), what_(what), original_(std::move(original)) {}

  /// The same, a step further out
  [[nodiscard]] InContext within(const std::string& where) const {
    return {kind(), where + ", " + where_, what_, original_};
  }
  /// What the operator threw
  [[nodiscard]] const std::exception_ptr& original() const { return original_; }

 private:
  std::string where_;
  std::string what_;
  std::exception_ptr original_;
};

/// "worker 3", "component 17"
[[nodiscard]] std::string name_of_worker(Index worker);
[[nodiscard]] std::string name_of_component(Index component);

/// To be called while an exception is handled: throws it as one that came from `where`.
[[noreturn]] void throw_within(const std::string& where);
/// The same for what comes from a method, in which much else may fail: exceptions that have no context pass as they
/// are. The failure of another rank says what that rank says, if an operator threw there.
[[noreturn]] void throw_further_within(const std::string& where);

/// What the evaluation of a worker's shard throws says of which worker it is.
template <class Evaluate>
void of_worker(Index worker, Evaluate&& evaluate) {
  try {
    evaluate();
  } catch (...) {
    throw_within(name_of_worker(worker));
  }
}

}  // namespace vireo::problems
