#include "storage/trace_format.hpp"

namespace vireo::trace {
namespace {

using When = Column::When;

Column column_of(const Counter& counter) {
  return {.name = counter.name,
          .units = counter.units,
          .definition = counter.of_run,
          .integer = counter.member.index() == 0,
          .value =
              [&counter](const Row& row) {
                return std::visit([&](const auto member) { return Number(row.totals.*member); }, counter.member);
              },
          .when = counter.modelled ? When::simulated : When::always};
}

std::vector<Column> all_columns() {
  std::vector<Column> all = {
      {"iteration", "1", "number k of iterations done; the row is the state after them", true,
       [](const Row& row) { return row.iteration; }},
      {"residual", "1", "|| z - prox_g(z - F(z)) || at z^k, exact and uncompressed; ||F(z)|| where g = 0", false,
       [](const Row& row) { return row.residual; }}};
  for (const auto& counter : counters)
    if (counter.of_run != nullptr) all.push_back(column_of(counter));
  all.push_back({"distance", "1", "|| z^k - z* ||, where z* is known", false,
                 [](const Row& row) { return row.distance; }, When::distance_known});
  all.push_back({"gap", "1", "the problem's gap function at z^k", false, [](const Row& row) { return row.gap; },
                 When::gap_known});
  return all;
}

}  // namespace

const std::vector<Column>& columns() {
  static const auto all = all_columns();
  return all;
}

}  // namespace vireo::trace
