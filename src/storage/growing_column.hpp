#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "io/hdf5.hpp"
#include "storage/trace_format.hpp"

namespace vireo::trace {

/// A column of a trace, and its latest entries, which are not in the file yet.
class GrowingColumn {
 public:
  explicit GrowingColumn(hdf5::Column column) : column_(std::move(column)) {}

  void add(const Number& entry) { waiting_.push_back(entry); }
  /// Of the entries that wait
  [[nodiscard]] std::size_t bytes() const { return waiting_.size() * sizeof(double); }
  /// They are in the file afterwards. throws IoError
  void write() {
    if (waiting_.empty()) return;
    if (std::holds_alternative<std::int64_t>(waiting_.front()))
      append<std::int64_t>();
    else
      append<double>();
    waiting_.clear();
  }
  /// Cuts off what is in the file beyond `length` entries.
  void shorten(hsize_t length) { column_.shorten(length); }

 private:
  template <class Type>
  void append() {
    std::vector<Type> values(waiting_.size());
    std::ranges::transform(waiting_, values.begin(), [](const Number& entry) {
      return std::visit([](const auto value) { return static_cast<Type>(value); }, entry);
    });
    column_.append(std::span<const Type>(values));
  }

  hdf5::Column column_;
  std::vector<Number> waiting_;
};

}  // namespace vireo::trace
