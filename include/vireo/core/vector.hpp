#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vireo {

/// Numbers of coordinates, components and workers, from 0.
using Index = std::size_t;

/// Storage that begins on a cache line. From 4 MiB on it begins on a boundary of 2 MiB, and the system is asked for
/// pages of that size (Linux, where transparent huge pages are on or left to the program). Throws std::bad_alloc.
[[nodiscard]] void* allocate_storage(std::size_t bytes);
/// bytes: as allocated
void deallocate_storage(void* p, std::size_t bytes) noexcept;

/// Storage on cache-line boundaries: every kernel sees the same alignment in every run.
template <class T>
struct AlignedAllocator {
  using value_type = T;

  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) noexcept {}  // NOLINT: conversion between value types

  T* allocate(std::size_t n) { return static_cast<T*>(allocate_storage(n * sizeof(T))); }
  void deallocate(T* p, std::size_t n) noexcept { deallocate_storage(p, n * sizeof(T)); }
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
