#include "problems/matrix_game/line_problem.hpp"

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace vireo::problems {

LineProblem::LineProblem(const ProblemContext& context, linalg::LinePairs pairs, Index size_x, Index size_y,
                         const char* what)
    : Problem(context.place(pairs.size(), what)),
      pairs_(std::move(pairs)),
      size_x_(size_x),
      size_y_(size_y),
      workers_here_(layout().workers_of(static_cast<Index>(context.communicator().rank()))) {}

Range LineProblem::coordinates_here(bool of_x) const {
  if (workers_here_.size() == 0) return {0, 0};
  const auto first = pairs_.cell(components_of(workers_here_.begin).begin);
  const auto last = pairs_.cell(components_of(workers_here_.end - 1).end - 1);
  return of_x ? Range{first.x, Index{last.x} + 1} : Range{first.y, Index{last.y} + 1};
}

void LineProblem::make_shards(const LineSide& x, const LineSide& y, const std::shared_ptr<const Vector>& c) {
  side_x_ = x;
  c_ = c;
  bytes_ = x.lines->bytes() + y.lines->bytes() + pairs_.bytes() + (c ? 8 * c->size() : 0);
  for (Index m = workers_here_.begin; m < workers_here_.end; ++m) {
    shards_.push_back(std::make_unique<LineShard>(pairs_, components_of(m), layout().workers(), x, y, c));
    bytes_ += shards_.back()->bytes();
  }
}

std::string LineProblem::digest(Communicator& comm) const {
  const auto hash_of = [](ConstView numbers, std::uint64_t seed) {
    // 31 bits: sums of up to 2^32 of them fit
    return static_cast<std::int64_t>(XXH3_64bits_withSeed(numbers.data(), numbers.size_bytes(), seed) >> 33);
  };
  std::int64_t sum = 0;
  if (workers_here_.size() > 0) {
    Range own = coordinates_x_here();
    const Index first = components_of(workers_here_.begin).begin;
    if (first > 0 && pairs_.cell(first - 1).x == own.begin) ++own.begin;  // the rank before has this line too
    Vector line(side_x_.lines->length());
    for (Index a = own.begin; a < own.end; ++a) {
      side_x_.lines->copy(a - side_x_.first_line, line);
      sum += hash_of(line, a + 1);
    }
  }
  sum = combine(comm, sum, Reduction::sum);
  if (c_) sum += hash_of(*c_, 0);
  return fmt::format("{:016x}", static_cast<std::uint64_t>(sum));
}

std::size_t LineProblem::memory_bytes() const { return bytes_; }

}  // namespace vireo::problems
