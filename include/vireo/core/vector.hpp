#pragma once

#include <cstddef>
#include <new>
#include <span>
#include <vector>

namespace vireo {

using Index = std::size_t;

/// Storage on cache-line boundaries: every kernel sees the same alignment in every run.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) noexcept {}  // NOLINT: conversion between value types

  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), alignment)); }
  void deallocate(T* p, std::size_t) noexcept { ::operator delete(p, alignment); }
  template <class U>
  bool operator==(const AlignedAllocator<U>&) const noexcept {
    return true;
  }
};

/// A vector of R^d that owns its storage.
using Vector = std::vector<double, AlignedAllocator<double>>;

/// Views of vectors of R^d; functions take these.
using ConstView = std::span<const double>;
using View = std::span<double>;

}  // namespace vireo
