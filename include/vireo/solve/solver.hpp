#pragma once

#include <span>

#include "vireo/exchange/exchange.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/regularizer.hpp"
#include "vireo/solve/criteria.hpp"
#include "vireo/solve/observer.hpp"
#include "vireo/solve/supervisor.hpp"

namespace vireo {

/// The parts of a run.
struct Run {
  Communicator& communicator;        ///< connects the ranks of the run
  const AnyProblem& problem;         ///< F by its shards, or f
  const Regularizer& regularizer;    ///< g
  Exchange& exchange;                ///< carries what the method sends; its ledger is that of the run
  Oracle& oracle;                    ///< evaluates for the method
  Method& method;                    ///< the method, not started yet
  const Vector* solution = nullptr;  ///< z*, if it is known for this g
  bool gap = false;                  ///< true: the problem's gap function belongs to this g
  double lipschitz = 0;              ///< L of F, from which the rounding of F follows; 0: not known
  bool trace_goes_on = true;         ///< for a resumed run: the observers have seen the rows before
  Supervisor* supervisor = nullptr;  ///< if not null, it may save, resume or stop the run
};

/// Iterates from z0 until a criterion holds. The observers, on rank 0, get a row every `trace_every`
/// iterations (0: no rows).
///
/// The run stops on residuals that the method computed and was charged for. If the point to be returned is
/// that of the certificate, this is the certificate's residual. Otherwise F is evaluated at that point every
/// `check_every` iterations, and the run is charged for it. With a gap_tolerance the gap is computed from the
/// same evaluations; where such a point is outside the domain of g, it is that of prox_g of the point, every
/// `check_every` iterations, and the run is charged for the evaluation there. What the trace needs beyond
/// that is booked to the monitor, and changes nothing.
///
/// A run that the supervisor resumes has from there on the iterates, rows and counters that it would have
/// had without the interruption, bit by bit. Only the clocks and mpi_bytes differ, because they belong to
/// the ranks: they continue from the values that they had. Time limits begin anew. The state is saved when
/// the supervisor says so, and at the end unless the run failed.
///
/// Throws Error(internal) that names the hosts if the states of the ranks differ.
[[nodiscard]] Outcome solve(Run run, ConstView z0, const Criteria& criteria, std::int64_t trace_every,
                            std::span<Observer* const> observers);

}  // namespace vireo
