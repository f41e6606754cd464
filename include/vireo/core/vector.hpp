#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace vireo {

/// Numbers of coordinates, components and workers, from 0.
using Index = std::size_t;

/// Storage that begins on a cache line. From 4 MiB on it begins on a boundary of 2 MiB, and the system is
/// asked for pages of that size (on Linux, where transparent huge pages are on or left to the program).
/// Throws std::bad_alloc, also for more than the machine has.
[[nodiscard]] void* allocate_storage(std::size_t bytes);
/// Frees what allocate_storage returned; `bytes` is the size that was asked for.
void deallocate_storage(void* p, std::size_t bytes) noexcept;

/// Allocates on the boundaries of cache lines, so that every kernel sees the same alignment in every run.
template <class T>
struct AlignedAllocator {
  /// The name that the standard library requires
  using value_type = T;

  AlignedAllocator() = default;
  /// An allocator has no state, so one for other values serves as well.
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) noexcept {}  // NOLINT: conversion between value types

  /// Room for n values; see allocate_storage.
  T* allocate(std::size_t n) { return static_cast<T*>(allocate_storage(n * sizeof(T))); }
  /// Frees room for n values that `allocate` returned.
  void deallocate(T* p, std::size_t n) noexcept { deallocate_storage(p, n * sizeof(T)); }
  /// All allocators are equal: what one has allocated, any other may free.
  template <class U>
  bool operator==(const AlignedAllocator<U>&) const noexcept {
    return true;
  }
};

/// A vector of R^d that owns its storage.
using Vector = std::vector<double, AlignedAllocator<double>>;

/// A view of a vector of R^d, which is only read. Functions take views.
using ConstView = std::span<const double>;
/// A view of a vector of R^d that may be written to.
using View = std::span<double>;

}  // namespace vireo
