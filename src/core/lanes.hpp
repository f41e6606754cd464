#pragma once

#include <cstring>

namespace vireo {

/// Eight doubles that the compiler keeps in registers of whatever width the processor has. Operations act lane by
/// lane, so the bits do not depend on that width.
using Lanes = double __attribute__((vector_size(64)));
inline constexpr std::size_t lanes = 8;

inline Lanes load(const double* p) {
  Lanes v;
  std::memcpy(&v, p, sizeof v);
  return v;
}
inline void store(double* p, const Lanes& v) { std::memcpy(p, &v, sizeof v); }
inline Lanes broadcast(double a) { return Lanes{a, a, a, a, a, a, a, a}; }

/// ((0+4)+(2+6)) + ((1+5)+(3+7))
inline double sum(const Lanes& v) { return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7])); }

}  // namespace vireo
