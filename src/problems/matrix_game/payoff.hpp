#pragma once

#include <functional>
#include <memory>
#include <string>

#include "linalg/lines.hpp"
#include "vireo/comm/communicator.hpp"
#include "vireo/core/layout.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::problems {

/// A matrix of which each rank takes the rows and columns that it needs.
class Payoff {
 public:
  Payoff(Index rows, Index columns) : rows_(rows), columns_(columns) {}
  Payoff(const Payoff&) = delete;
  Payoff& operator=(const Payoff&) = delete;
  virtual ~Payoff() = default;

  [[nodiscard]] Index rows() const { return rows_; }
  [[nodiscard]] Index columns() const { return columns_; }

  /// Rows `mine` as lines of columns() numbers. Collective: every rank asks for what it needs, maybe nothing.
  [[nodiscard]] virtual linalg::LinesPointer rows_of(Range mine) = 0;
  /// Columns `mine` as lines of rows() numbers. Collective
  [[nodiscard]] virtual linalg::LinesPointer columns_of(Range mine) = 0;

  /// Where it comes from, such as "matrix-market"
  [[nodiscard]] virtual std::string source() const = 0;

 private:
  Index rows_;
  Index columns_;
};

using PayoffPointer = std::unique_ptr<Payoff>;

/// The generated matrices (indices count from 1):
///     policeman-burglar   A_ij = |w_j| (1 - exp(-0.8 |i-j|)), w from the file `weights`, else standard normal
///     nemirovski          A_ij = ((i+j-1)/(2n-1))^alpha, or ((|i-j|+1)/(2n-1))^alpha with form=difference
///     random              A_ij standard normal
/// by the parameters matrix, rows, columns, weights, form, alpha, seed. Collective.
/// throws UsageError (columns for a square matrix; more rows than weights), DataError (the file of weights)
[[nodiscard]] PayoffPointer generated_payoff(const Parameters& parameters, Communicator& comm);

/// A matrix in a file: Matrix Market text, or dataset `dataset` of an HDF5 file. Collective. throws DataError
[[nodiscard]] PayoffPointer payoff_from_file(Communicator& comm, const std::string& path, const std::string& dataset);

}  // namespace vireo::problems
