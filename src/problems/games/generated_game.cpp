#include "problems/games/generated_game.hpp"

#include "vireo/core/error.hpp"
#include "vireo/core/kernels.hpp"

namespace vireo::problems {

GeneratedGame::GeneratedGame(const ProblemContext& context, Index dimension, Index components, std::uint64_t seed)
    : Problem(context.place(components)),
      half_(dimension / 2),
      components_(components),
      seed_(seed),
      workers_here_(layout().workers_of(static_cast<Index>(context.communicator().rank()))),
      solution_(dimension) {
  if (dimension % 2 != 0)
    throw UsageError("dimension=" + std::to_string(dimension) + ": two players of equal size need an even dimension");
  random::normals(key(random::nobody, solution_draw), 0, solution_);
}

std::vector<Block> GeneratedGame::blocks() const { return {{"x", {0, half_}}, {"y", {half_, 2 * half_}}}; }

std::size_t GeneratedGame::memory_bytes() const {
  std::size_t total = 0;
  for (const auto& shard : shards_) total += shard->bytes();
  return total;
}

void GeneratedGame::set_offset(GameComponent& component, Index i) const {
  Vector noise(dimension());
  component.c.resize(dimension());
  component.apply(solution_, component.c);
  kernels::scale(-1.0, component.c);
  random::normals(key(i, offset), 0, noise);
  kernels::axpy(1.0, noise, component.c);
  random::normals(key((i + 1) % components_, offset), 0, noise);
  kernels::axpy(-1.0, noise, component.c);
}

void GeneratedGame::add_shard(std::vector<GameComponent> components) {
  const double weight = static_cast<double>(layout().workers()) / static_cast<double>(components_);
  shards_.push_back(std::make_unique<GameShard>(std::move(components), weight));
}

}  // namespace vireo::problems
