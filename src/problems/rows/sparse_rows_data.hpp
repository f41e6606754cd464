#pragma once

#include <string>
#include <vector>

#include "io/libsvm.hpp"
#include "vireo/core/layout.hpp"
#include "vireo/plugins/parameters.hpp"
#include "vireo/problems/problem.hpp"

namespace vireo::problems {

/// A LIBSVM file whose rows have been dealt out to the workers: what the problems on such data start from.
struct SparseData {
  std::string path;
  WorkerLayout layout;
  Index rows = 0;      ///< n, over all workers
  Index features = 0;  ///< as found, or as the parameter `features` says
  std::string fingerprint;
  Range workers;  ///< of this rank
  std::vector<linalg::SparseRows> rows_of_worker;

  /// M/n: the weight of a row in the mean of its shard
  [[nodiscard]] double row_weight() const { return static_cast<double>(layout.workers()) / static_cast<double>(rows); }
  [[nodiscard]] std::size_t memory_bytes() const;
};

/// Reads and deals out --data. Collective. throws DataError (see read_libsvm; an index above `features`) and UsageError
/// (no --data; more workers than rows)
[[nodiscard]] SparseData load_sparse_data(const Parameters& parameters, const ProblemContext& context);

/// The parameters that it reads: features, partition, seed
[[nodiscard]] std::vector<Parameter> sparse_data_parameters();

}  // namespace vireo::problems
