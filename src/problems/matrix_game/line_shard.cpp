#include "problems/matrix_game/line_shard.hpp"

#include <algorithm>
#include <cmath>

#include "vireo/core/kernels.hpp"

namespace vireo::problems {
namespace {

constexpr auto x_of = [](const linalg::LinePairs::Cell& cell) { return cell.x; };
constexpr auto y_of = [](const linalg::LinePairs::Cell& cell) { return cell.y; };

}  // namespace

LineShard::LineShard(const linalg::LinePairs& pairs, Range components, Index workers, LineSide x, LineSide y,
                     std::shared_ptr<const Vector> c)
    : x_(make_part(pairs, components, workers, std::move(x), true)),
      y_(make_part(pairs, components, workers, std::move(y), false)),
      c_(std::move(c)) {
  const auto M = static_cast<double>(workers);
  bool uniform = true;
  for (Index k = components.begin; k < components.end; ++k) {
    const auto cell = pairs.cell(k);
    cells_.push_back({static_cast<std::uint32_t>(cell.x - x_.first), static_cast<std::uint32_t>(cell.y - y_.first)});
    probabilities_.push_back(M * pairs.probability(k));
    share_ += M * pairs.probability(k);
    ends_.push_back(share_);
    uniform = uniform && std::abs(static_cast<double>(pairs.size()) * pairs.probability(k) - 1) < 1e-12;
  }
  if (uniform) ends_ = {};
  find_crosses();
}

LineShard::Part LineShard::make_part(const linalg::LinePairs& pairs, Range components, Index workers, LineSide side,
                                     bool is_x) const {
  const auto coordinate = [&](Index k) -> Index { return is_x ? pairs.cell(k).x : pairs.cell(k).y; };
  Part part;
  part.side = std::move(side);
  part.first = coordinate(components.begin);
  const Index count = coordinate(components.end - 1) + 1 - part.first;
  part.share.assign(count, 0.0);
  part.inverse.assign(count, 0.0);
  for (Index k = components.begin; k < components.end; ++k) {
    const Index local = coordinate(k) - part.first;
    part.share[local] += static_cast<double>(workers) * (is_x ? pairs.share_x(k) : pairs.share_y(k));
    part.inverse[local] = 1 / (is_x ? pairs.probability_x(coordinate(k)) : pairs.probability_y(coordinate(k)));
  }
  for (Index local = 0; local < count; ++local)
    part.squared_norms.push_back(part.side.lines->squared_norm(part.line(local)));
  return part;
}

void LineShard::find_crosses() {
  const auto [begin_x, begin_y] = std::pair(x_.side.output, y_.side.output);
  const Index end_x = begin_x + x_.side.lines->length();
  const Index end_y = begin_y + y_.side.lines->length();
  if (end_x <= begin_y || end_y <= begin_x) return;  // columns of different sides are orthogonal
  crosses_.reserve(cells_.size());
  Vector column(std::max(end_x, end_y), 0.0);
  for (const auto& cell : cells_) {
    const linalg::Lines::Term line{y_.line(cell.y), y_.side.sign};
    const linalg::Lines::Term back{line.line, -line.coefficient};
    y_.side.lines->add(std::span(&line, 1), y_.output(column));
    crosses_.push_back(x_.side.sign * x_.side.lines->dot(x_.line(cell.x), x_.output(column)));
    y_.side.lines->add(std::span(&back, 1), y_.output(column));  // leaves exact zeros
  }
}

Index LineShard::draw(random::Stream& stream) const {
  if (ends_.empty()) return stream.below(components());
  const auto drawn = std::ranges::upper_bound(ends_, share_ * stream.uniform()) - ends_.begin();
  return std::min(static_cast<Index>(drawn), components() - 1);
}

void LineShard::add_all(const Part& part, ConstView z, View out) const {
  terms_.clear();
  for (Index local = 0; local < part.share.size(); ++local)
    terms_.push_back({part.line(local), part.side.sign * part.share[local] * z[part.place(local)]});
  part.side.lines->add(terms_, part.output(out));
}

void LineShard::add_all_pair(const Part& part, ConstView u, ConstView v, View out_u, View out_v) const {
  pair_terms_.clear();
  for (Index local = 0; local < part.share.size(); ++local) {
    const double factor = part.side.sign * part.share[local];
    const Index place = part.place(local);
    pair_terms_.push_back({part.line(local), factor * u[place], factor * v[place]});
  }
  part.side.lines->add_pair(pair_terms_, part.output(out_u), part.output(out_v));
}

template <class Local>
void LineShard::add_batch(const Part& part, std::span<const Index> batch, Local local_of, ConstView z, View out) const {
  const double weight = part.side.sign / static_cast<double>(batch.size());
  terms_.clear();
  for (const Index k : batch) {
    const Index local = local_of(cells_[k]);
    terms_.push_back({part.line(local), weight * part.inverse[local] * z[part.place(local)]});
  }
  part.side.lines->add(terms_, part.output(out));
}

template <class Local>
void LineShard::add_batch_pair(const Part& part, std::span<const Index> batch, Local local_of, ConstView u, ConstView v,
                               View out_u, View out_v) const {
  const double weight = part.side.sign / static_cast<double>(batch.size());
  pair_terms_.clear();
  for (const Index k : batch) {
    const Index local = local_of(cells_[k]);
    const double factor = weight * part.inverse[local];
    const Index place = part.place(local);
    pair_terms_.push_back({part.line(local), factor * u[place], factor * v[place]});
  }
  part.side.lines->add_pair(pair_terms_, part.output(out_u), part.output(out_v));
}

void LineShard::apply(ConstView v, View out) const {
  std::ranges::fill(out, 0.0);
  add_all(x_, v, out);
  add_all(y_, v, out);
}

void LineShard::mean(ConstView z, View out) const {
  apply(z, out);
  if (c_) kernels::axpy(share_, *c_, out);
}

void LineShard::mean_pair(ConstView u, ConstView v, View out_u, View out_v) const {
  std::ranges::fill(out_u, 0.0);
  std::ranges::fill(out_v, 0.0);
  add_all_pair(x_, u, v, out_u, out_v);
  add_all_pair(y_, u, v, out_u, out_v);
  if (!c_) return;
  kernels::axpy(share_, *c_, out_u);
  kernels::axpy(share_, *c_, out_v);
}

void LineShard::batch_mean(std::span<const Index> batch, ConstView z, View out) const {
  std::ranges::fill(out, 0.0);
  add_batch(x_, batch, x_of, z, out);
  add_batch(y_, batch, y_of, z, out);
  if (c_) kernels::axpy(1.0, *c_, out);
}

void LineShard::batch_mean_pair(std::span<const Index> batch, ConstView u, ConstView v, View out_u, View out_v) const {
  std::ranges::fill(out_u, 0.0);
  std::ranges::fill(out_v, 0.0);
  add_batch_pair(x_, batch, x_of, u, v, out_u, out_v);
  add_batch_pair(y_, batch, y_of, u, v, out_u, out_v);
  if (!c_) return;
  kernels::axpy(1.0, *c_, out_u);
  kernels::axpy(1.0, *c_, out_v);
}

// Column a of J_m is M sum_k (p_k/P_a) J_a: its product with v is that coordinate of J_m' v.
void LineShard::apply_transpose(ConstView v, View out) const {
  std::ranges::fill(out, 0.0);
  for (const Part* const part : {&x_, &y_}) {
    const ConstView seen = v.subspan(part->side.output, part->side.lines->length());
    for (Index local = 0; local < part->share.size(); ++local)
      if (part->share[local] != 0)
        out[part->place(local)] = part->side.sign * part->share[local] * part->side.lines->dot(part->line(local), seen);
  }
}

// E_k' E_k has entries in rows and columns a and b only: |J_a|^2 / P_a^2, |J_b|^2 / Q_b^2 and <J_a, J_b> / (P_a Q_b).
void LineShard::apply_mean_gram(ConstView v, View out) const {
  std::ranges::fill(out, 0.0);
  for (Index k = 0; k < cells_.size(); ++k) {
    const Index a = cells_[k].x;
    const Index b = cells_[k].y;
    const double in_a = x_.inverse[a] * v[x_.place(a)];
    const double in_b = y_.inverse[b] * v[y_.place(b)];
    const double cross = crosses_.empty() ? 0.0 : crosses_[k];
    out[x_.place(a)] += probabilities_[k] * x_.inverse[a] * (x_.squared_norms[a] * in_a + cross * in_b);
    out[y_.place(b)] += probabilities_[k] * y_.inverse[b] * (y_.squared_norms[b] * in_b + cross * in_a);
  }
}

std::size_t LineShard::bytes() const {
  return cells_.size() * (sizeof(linalg::LinePairs::Cell) + 8 * 2) + 8 * (ends_.size() + crosses_.size()) +
         8 * 3 * (x_.share.size() + y_.share.size());
}

}  // namespace vireo::problems
