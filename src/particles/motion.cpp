#include "particles/motion.hpp"

#include <cmath>

#include "core/elementary.hpp"

namespace vireo::particles {
namespace {

/// x <- next(j, p, D, xi, x) for all coordinates j and vectors of particles p, where D = x - c_j and next gives the new
/// D
template <class Next>
[[gnu::always_inline]] inline void for_all(const Moving& by, double* x, Next&& next) {
  for (Index j = 0; j < by.consensus.size(); ++j) {
    const double c = by.consensus[j];
    double* row = x + block_size * j;
    const double* xi = by.noise + block_size * j;
    for_vectors(by.particles, [&](Index p) {
      const Wide old = load_wide(row + p);
      const Wide moved = c + next(j, p, old - c, load_wide(xi + p), old);
      store_wide(row + p, by.chosen == nullptr ? moved : select(load_wide(by.chosen->at + p) > 0.5, moved, old));
    });
  }
}

/// min(|X - c|, truncation), of every particle
BlockValues distances(const Moving& by, const double* x, double truncation) {
  BlockValues size;
  for (Index j = 0; j < by.consensus.size(); ++j)
    for_vectors(by.particles, [&](Index p) {
      const Wide D = load_wide(x + block_size * j + p) - by.consensus[j];
      store_wide(size.at + p, load_wide(size.at + p) + D * D);
    });
  for_vectors(by.particles, [&](Index p) {
    const Wide distance = square_root(load_wide(size.at + p));
    store_wide(size.at + p, select(distance < truncation, distance, all(truncation)));
  });
  return size;
}

/// Euler-Maruyama. keep(p): 1 - lambda dt H of the particles from p on; pull(j, p, x): the memory's part
template <class Keep, class Pull>
void euler(const Motion& motion, const Moving& by, double* x, Keep&& keep, Pull&& pull) {
  const double s = motion.s;
  if (motion.noise == NoiseKind::isotropic) {
    const BlockValues size = distances(by, x, motion.truncation);
    for_all(by, x, [&](Index j, Index p, Wide D, Wide xi, Wide old) {
      return D * keep(p) - pull(j, p, old) + s * load_wide(size.at + p) * xi;
    });
  } else if (std::isfinite(motion.truncation)) {
    for_all(by, x, [&](Index j, Index p, Wide D, Wide xi, Wide old) {
      const Wide size = select(absolute(D) < motion.truncation, absolute(D), all(motion.truncation));
      return D * keep(p) - pull(j, p, old) + s * size * xi;
    });
  } else {
    // D xi has the law of |D| xi
    for_all(by, x,
            [&](Index j, Index p, Wide D, Wide xi, Wide old) { return D * (keep(p) + s * xi) - pull(j, p, old); });
  }
}

}  // namespace

void move(const Motion& motion, const Moving& by, double* x) {
  const auto no_pull = [](Index, Index, Wide) { return Wide{}; };
  const auto pull = [&](Index j, Index p, Wide old) {
    return motion.memory_contraction * (old - load_wide(by.memory + block_size * j + p));
  };
  const double contraction = motion.contraction;
  const auto keep_all = [contraction](Index) { return all(1 - contraction); };
  const auto keep = [&](Index p) { return 1.0 - contraction * load_wide(by.drift->at + p); };

  switch (motion.scheme) {
    case Scheme::hopping:
      for_all(by, x, [&](Index, Index, Wide, Wide xi, Wide) { return by.width * xi; });
      break;
    case Scheme::frozen: {
      const double s = motion.s;
      for_all(by, x, [&](Index j, Index p, Wide D, Wide xi, Wide old) {
        const Wide drift = by.drift == nullptr ? all(contraction) : contraction * load_wide(by.drift->at + p);
        const Wide moved = D * elementary::exp(s * xi - drift - s * s / 2);
        return by.memory == nullptr ? moved : moved - pull(j, p, old);
      });
      break;
    }
    case Scheme::euler:
      if (by.drift == nullptr && by.memory == nullptr)
        euler(motion, by, x, keep_all, no_pull);
      else if (by.drift == nullptr)
        euler(motion, by, x, keep_all, pull);
      else if (by.memory == nullptr)
        euler(motion, by, x, keep, no_pull);
      else
        euler(motion, by, x, keep, pull);
      break;
  }
}

}  // namespace vireo::particles
