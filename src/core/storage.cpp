#include <unistd.h>

#include <cstdint>
#include <new>

#include "core/too_large.hpp"
#include "vireo/core/vector.hpp"
#ifdef __linux__
#include <sys/mman.h>
#endif

namespace vireo {
namespace {

// A pass over a large matrix crosses a page of 4 KiB every 64 cache lines, where the processor stops reading ahead.
constexpr std::size_t huge_page = std::size_t{2} << 20;

constexpr std::align_val_t alignment_of(std::size_t bytes) {
  return std::align_val_t{bytes >= 2 * huge_page ? huge_page : 64};
}

void ask_for_huge_pages([[maybe_unused]] void* p, [[maybe_unused]] std::size_t bytes) {
#ifdef __linux__
  if (bytes >= 2 * huge_page) ::madvise(p, bytes, MADV_HUGEPAGE);  // if refused, small pages will do
#endif
}

/// What the machine has. A system that promises more ends the process when it is used.
std::size_t memory_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page) : SIZE_MAX;
}

}  // namespace

void require_memory(std::size_t bytes) {
  constexpr std::size_t suspicious = std::size_t{1} << 30;
  if (bytes >= suspicious && bytes > memory_bytes()) throw TooLarge(bytes);
}

void* allocate_storage(std::size_t bytes) {
  require_memory(bytes);
  void* const p = ::operator new(bytes, alignment_of(bytes), std::nothrow);
  if (p == nullptr) throw TooLarge(bytes);
  ask_for_huge_pages(p, bytes);
  return p;
}

void deallocate_storage(void* p, std::size_t bytes) noexcept { ::operator delete(p, alignment_of(bytes)); }

}  // namespace vireo
