#include "problems/rows/groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <set>

#include "vireo/core/error.hpp"

namespace vireo::problems {
namespace {

constexpr std::size_t most_groups = 1000;

/// What a row is grouped by
using ValueOf = std::function<double(const linalg::SparseRows& rows, Index row)>;

double feature_of(const linalg::SparseRows& rows, Index row, std::uint32_t column) {
  const auto begin = rows.columns.begin() + static_cast<std::ptrdiff_t>(rows.start[row]);
  const auto end = rows.columns.begin() + static_cast<std::ptrdiff_t>(rows.start[row + 1]);
  const auto found = std::lower_bound(begin, end, column);
  return found != end && *found == column ? rows.values[static_cast<std::size_t>(found - rows.columns.begin())] : 0.0;
}

/// All values that occur on any rank, in increasing order; at most one more than is allowed.
std::vector<double> distinct_values(Communicator& comm, const SparseData& data, const ValueOf& value_of) {
  std::set<double> values;
  const auto add = [&](double value) {
    if (values.size() <= most_groups) values.insert(value == 0 ? 0.0 : value);  // -0 is 0
  };
  for (const auto& rows : data.rows_of_worker)
    for (Index i = 0; i < rows.rows(); ++i) add(value_of(rows, i));
  const std::vector<double> mine(values.begin(), values.end());
  for (const auto& bytes :
       gather_all(comm, std::string(reinterpret_cast<const char*>(mine.data()), mine.size() * sizeof(double)))) {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(double)) {
      double value = 0;
      std::memcpy(&value, bytes.data() + at, sizeof value);
      add(value);
    }
  }
  return {values.begin(), values.end()};
}

Groups by_value(Communicator& comm, const SparseData& data, const std::string& what, const ValueOf& value_of) {
  const auto values = distinct_values(comm, data, value_of);
  if (values.size() > most_groups)
    throw DataError(fmt::format("{}: {} has more than {} values, too many for groups", data.path, what, most_groups));
  Groups groups;
  groups.sizes.assign(values.size(), 0);
  for (const auto& rows : data.rows_of_worker) {
    auto& mine = groups.of_worker.emplace_back(rows.rows());
    for (Index i = 0; i < rows.rows(); ++i) {
      const auto place = std::ranges::lower_bound(values, value_of(rows, i)) - values.begin();
      mine[i] = static_cast<std::uint32_t>(place);
      groups.sizes[static_cast<std::size_t>(place)] += 1;
    }
  }
  const std::vector<Reduction> sums(values.size(), Reduction::sum);
  comm.combine(groups.sizes, sums);
  return groups;
}

Groups by_worker(const SparseData& data) {
  Groups groups;
  for (Index m = 0; m < data.layout.workers(); ++m)
    groups.sizes.push_back(static_cast<std::int64_t>(part_of(data.rows, data.layout.workers(), m).size()));
  for (Index m = data.workers.begin; m < data.workers.end; ++m)
    groups.of_worker.emplace_back(data.rows_of_worker[m - data.workers.begin].rows(), static_cast<std::uint32_t>(m));
  return groups;
}

/// J of feature:J
std::uint32_t feature_number(const SparseData& data, const std::string& how) {
  const std::string digits = how.substr(how.find(':') + 1);
  const auto number = parse_integer("group-dro: groups=" + how, digits);
  if (number < 1 || static_cast<std::uint64_t>(number) > data.features)
    throw UsageError(fmt::format("group-dro: groups={}: the data have features 1 to {}", how, data.features));
  return static_cast<std::uint32_t>(number - 1);
}

}  // namespace

Groups group_rows(Communicator& comm, const SparseData& data, const std::string& how) {
  Groups groups;
  std::string by;
  if (how == "workers") {
    groups = by_worker(data);
    by = "worker";
  } else if (how == "labels") {
    groups = by_value(comm, data, "the label", [](const linalg::SparseRows& rows, Index i) { return rows.labels[i]; });
    by = "label";
  } else if (how.starts_with("feature:")) {
    const auto column = feature_number(data, how);
    by = "feature " + std::to_string(column + 1);
    groups = by_value(comm, data, by,
                      [column](const linalg::SparseRows& rows, Index i) { return feature_of(rows, i, column); });
  } else {
    throw UsageError("group-dro: groups=" + how + " is not workers, labels or feature:J");
  }
  const auto [least, most] = std::ranges::minmax(groups.sizes);
  groups.description = fmt::format("{} group{} by {}, of {} to {} rows", groups.count(), groups.count() == 1 ? "" : "s",
                                   by, least, most);
  return groups;
}

}  // namespace vireo::problems
