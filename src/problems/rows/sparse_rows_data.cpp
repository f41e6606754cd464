#include "problems/rows/sparse_rows_data.hpp"

#include <cstdio>

#include "vireo/core/error.hpp"

namespace vireo::problems {
namespace {

std::string describe(const LibsvmFile& file) {
  char digest[17];
  std::snprintf(digest, sizeof digest, "%016llx", static_cast<unsigned long long>(file.digest));
  return "libsvm bytes=" + std::to_string(file.bytes) + " rows=" + std::to_string(file.rows) +
         " features=" + std::to_string(file.features) + " nonzeros=" + std::to_string(file.nonzeros) +
         " digest=" + digest;
}

Index number_of_features(const Parameters& parameters, const LibsvmFile& file, const std::string& path) {
  if (!parameters.has("features")) {
    if (file.features == 0) throw DataError(path + ": rows have no entries; give the number of features by features=");
    return file.features;
  }
  const Index features = parameters.integer("features");
  if (file.features > features)
    throw DataError(path + ": has index " + std::to_string(file.features) +
                    ", but features=" + std::to_string(features));
  return features;
}

}  // namespace

std::size_t SparseData::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& rows_here : rows_of_worker)
    bytes += rows_here.rows() * (sizeof(double) + sizeof(std::uint64_t)) +
             rows_here.nonzeros() * (sizeof(double) + sizeof(std::uint32_t));
  return bytes;
}

SparseData load_sparse_data(const Parameters& parameters, const ProblemContext& context) {
  auto& comm = context.communicator();
  const std::string& path = context.data();
  LibsvmFile file = read_libsvm(comm, path);
  const Index features = number_of_features(parameters, file, path);
  const WorkerLayout layout = context.place(file.rows, "rows");
  SparseData data{.path = path,
                  .layout = layout,
                  .rows = file.rows,
                  .features = features,
                  .fingerprint = describe(file),
                  .workers = layout.workers_of(static_cast<Index>(comm.rank())),
                  .rows_of_worker = {}};
  data.rows_of_worker =
      deal_rows(comm, std::move(file), layout, parameters.text("partition") == "shuffled", parameters.integer("seed"));
  return data;
}

std::vector<Parameter> sparse_data_parameters() {
  return {
      Parameter::integer("features", "auto", "number of features; auto: the largest index in the file", 1,
                         std::int64_t{1} << 31)
          .or_auto(),
      Parameter::choice("partition", "contiguous", "rows go to workers in contiguous blocks, or shuffled by the seed",
                        {"contiguous", "shuffled"}),
      Parameter::integer("seed", "0", "of the shuffle", 0),
  };
}

}  // namespace vireo::problems
