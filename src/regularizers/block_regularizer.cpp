#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "vireo/core/error.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

BlockRegularizer::BlockRegularizer(Index dimension, std::vector<Part> parts)
    : dimension_(dimension), parts_(std::move(parts)) {
  std::stable_sort(parts_.begin(), parts_.end(),
                   [](const Part& a, const Part& b) { return a.range.begin < b.range.begin; });
  Index end = 0;
  for (const auto& part : parts_) {
    if (part.range.begin < end || part.range.end < part.range.begin || part.range.end > dimension)
      throw Error(ErrorKind::internal,
                  "block '" + part.name + "' of a regularizer overlaps another or leaves the space");
    end = part.range.end;
  }
  std::erase_if(parts_, [](const Part& part) { return part.range.size() == 0 || !part.g || part.g->zero(); });
}

void BlockRegularizer::check(Index size) const {
  if (size != dimension_)
    throw Error(ErrorKind::internal, "a regularizer on R^" + std::to_string(dimension_) + " was given a vector of R^" +
                                         std::to_string(size));
}

void BlockRegularizer::prox(double gamma, View z) const {
  check(z.size());
  for (const auto& part : parts_) part.g->prox(gamma, z.subspan(part.range.begin, part.range.size()));
}

double BlockRegularizer::value(ConstView z) const {
  check(z.size());
  double total = 0;
  for (const auto& part : parts_) total += part.g->value(z.subspan(part.range.begin, part.range.size()));
  return total;
}

void BlockRegularizer::move_into_domain(View z) const {
  check(z.size());
  for (const auto& part : parts_) {
    const View block = z.subspan(part.range.begin, part.range.size());
    if (std::isinf(part.g->value(block))) part.g->prox(1.0, block);
  }
}

bool BlockRegularizer::zero() const { return parts_.empty(); }

double BlockRegularizer::strong_convexity() const {
  Index covered = 0;
  double smallest = std::numeric_limits<double>::infinity();
  for (const auto& part : parts_) {
    covered += part.range.size();
    smallest = std::min(smallest, part.g->strong_convexity());
  }
  return covered == dimension_ && !parts_.empty() ? smallest : 0;
}

std::string BlockRegularizer::description() const {
  if (parts_.empty()) return "zero";
  // of very many parts, such as the simplices of a network's demands, the first and the last say what they are like
  constexpr std::size_t most = 12, of_many = 3;
  const bool many = parts_.size() > most;
  std::string text;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (many && i == of_many) text += "; ... (" + std::to_string(parts_.size()) + " parts)";
    if (many && i >= of_many && i + 1 < parts_.size()) continue;
    text += (text.empty() ? "" : "; ") + parts_[i].name + ": " + parts_[i].g->description();
  }
  return text;
}

}  // namespace vireo
