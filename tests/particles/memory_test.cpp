// Pins how much memory particles take, by counting all large allocations: at most 2.5 numbers for each coordinate of a
// particle, over all ranks.
#include <atomic>
#include <cstdlib>
#include <new>

#include "particles/support.hpp"
#include "problems/logistic_data.hpp"

namespace {

// Small ones are of no matter, and come from everywhere.
constexpr std::size_t large = 4096;
std::atomic<std::int64_t> live = 0, peak = 0;

void count(std::size_t bytes) {
  if (bytes < large) return;
  const auto now = live += static_cast<std::int64_t>(bytes);
  auto most = peak.load();
  while (most < now && !peak.compare_exchange_weak(most, now)) {
  }
}

/// An allocation's size stands before it, in a place of its own alignment.
void* allocate(std::size_t bytes, std::size_t alignment) {
  const std::size_t whole = (bytes + 2 * alignment - 1) / alignment * alignment;
  auto* const p = static_cast<std::byte*>(std::aligned_alloc(alignment, whole));
  if (p == nullptr) throw std::bad_alloc();
  *reinterpret_cast<std::size_t*>(p) = bytes;
  count(bytes);
  return p + alignment;
}

void release(void* p, std::size_t alignment) {
  if (p == nullptr) return;
  auto* const first = static_cast<std::byte*>(p) - alignment;
  const auto bytes = *reinterpret_cast<std::size_t*>(first);
  if (bytes >= large) live -= static_cast<std::int64_t>(bytes);
  std::free(first);
}

constexpr std::size_t usual = 16;

}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes, usual); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return allocate(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* p) noexcept { release(p, usual); }
void operator delete(void* p, std::size_t) noexcept { release(p, usual); }
void operator delete(void* p, std::align_val_t alignment) noexcept { release(p, static_cast<std::size_t>(alignment)); }
void operator delete(void* p, std::size_t, std::align_val_t alignment) noexcept {
  release(p, static_cast<std::size_t>(alignment));
}

namespace vireo {
namespace {

/// The most bytes that a method held at once, from its making through three steps, on all ranks together
std::int64_t most_bytes(int ranks, const std::string& problem, const std::string& method,
                        const std::string& file = "") {
  std::int64_t most = 0;
  test::on_simulated(ranks, [&](Communicator& comm) {
    test::Assembly run(comm, problem, method, "none", "none", 1, std::nullopt, file);
    comm.barrier();
    run.method.reset();
    comm.barrier();
    const auto before = live.load();
    if (comm.rank() == 0) peak = before;
    comm.barrier();
    run.method = test::make_method(run, method);
    run.method->start(run.z0);
    for (int k = 0; k < 3; ++k) run.method->iterate();
    comm.barrier();
    if (comm.rank() == 0) most = peak - before;
    comm.barrier();
  });
  return most;
}

TEST(Memory, IsCounted) {
  const auto before = live.load();
  const Vector array(100000);
  EXPECT_EQ(live - before, 800000);
}

TEST(Memory, IsTwoAndAHalfNumbersPerCoordinateAtMost) {
  constexpr double array = 8.0 * 64000 * 20;
  for (const int ranks : {1, 2, 4})
    for (const auto& [method, arrays] : {std::pair{"cbo:particles=64000", 1.7},
                                         {"cbo:particles=64000,ess=0.5", 1.7},
                                         {"cbo:particles=64000,correction=heaviside,batch=0.5", 1.7},
                                         {"cbo:particles=64000,memory=on", 2.5},
                                         {"cbo:particles=64000,memory=on,batch=0.9", 2.5},
                                         {"consensus-hopping:particles=64000", 1.7}}) {
      const auto bytes = static_cast<double>(most_bytes(ranks, "rastrigin:dimension=20", method));
      EXPECT_LE(bytes, arrays * array) << method << " on " << ranks << " ranks";
      EXPECT_GE(bytes, 1.0 * array) << method;  // the particles themselves
    }
}

// Ranks that evaluate together have all particles each.
TEST(Memory, IsThatOnEveryRankWhereDataAreSplit) {
  const test::ScratchFile file(test::generate(60, 12, 0.8).text);
  constexpr double array = 8.0 * 6400 * (14 * 4 + 1);
  for (const int ranks : {1, 2}) {
    const auto bytes = static_cast<double>(
        most_bytes(ranks, "neural-fit:layout=data", "cbo:particles=6400,memory=on,batch=0.9", file.path()));
    EXPECT_LE(bytes, 2.5 * array * ranks) << ranks;
    EXPECT_GE(bytes, 2.0 * array * ranks) << ranks;
  }
}

}  // namespace
}  // namespace vireo
