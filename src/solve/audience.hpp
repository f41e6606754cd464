#pragma once

#include <exception>
#include <span>

#include "solve/monitor.hpp"
#include "vireo/solve/observer.hpp"

namespace vireo::solving {

/// The observers of a run: called on rank 0 alone, at the monitor's expense. What one of them throws is kept until the
/// ranks agree on it, and nobody is called from then on.
class Audience {
 public:
  Audience(std::span<Observer* const> observers, Monitor& monitor, bool root)
      : observers_(observers), monitor_(monitor), root_(root) {}

  /// Calls call(observer) for each.
  template <class Call>
  void tell(Call&& call) {
    if (!root_ || failure_) return;
    monitor_.write([&] {
      try {
        for (Observer* const observer : observers_) call(*observer);
      } catch (...) {
        failure_ = std::current_exception();
      }
    });
  }

  /// What an observer threw; null: nothing
  [[nodiscard]] const std::exception_ptr& failure() const { return failure_; }

 private:
  std::span<Observer* const> observers_;
  Monitor& monitor_;
  bool root_;
  std::exception_ptr failure_;
};

}  // namespace vireo::solving
