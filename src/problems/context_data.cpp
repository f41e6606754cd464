#include <mutex>

#include "core/too_large.hpp"
#include "io/hdf5_matrix.hpp"
#include "io/hdf5_place.hpp"
#include "io/text_agreement.hpp"
#include "problems/rows/all_rows.hpp"
#include "vireo/problems/component_problem.hpp"

namespace vireo {

DataRows read_rows(const ProblemContext& context) {
  const Parameters in_order("problem", {.name = "data", .values = {}}, problems::sparse_data_parameters());
  const auto data = problems::load_sparse_data(in_order, context);
  DataRows out;
  out.columns = data.features;
  out.fingerprint = data.fingerprint;
  for (const auto& rows : problems::all_rows(context.communicator(), data)) {
    const Index first = out.start.back();
    for (Index i = 0; i < rows.rows(); ++i) out.start.push_back(first + rows.start[i + 1]);
    out.column.insert(out.column.end(), rows.columns.begin(), rows.columns.end());
    out.values.insert(out.values.end(), rows.values.begin(), rows.values.end());
    out.labels.insert(out.labels.end(), rows.labels.begin(), rows.labels.end());
  }
  return out;
}

DataMatrix read_dataset(const ProblemContext& context, const std::string& name) {
  auto& comm = context.communicator();
  const auto place = hdf5::find_dataset(comm, context.data(), name);
  DataMatrix out;
  io::together(comm, [&] {
    const std::scoped_lock lock(hdf5::library_mutex());
    const auto file = hdf5::File::open(place.path, {place.name});
    const hdf5::Matrix matrix(file, place.name);
    out.rows = matrix.rows();
    out.columns = matrix.columns();
    require_memory(out.rows * out.columns * sizeof(double));
    out.values.resize(out.rows * out.columns);
    matrix.read({0, out.rows}, {0, out.columns}, out.values);
  });
  return out;
}

}  // namespace vireo
