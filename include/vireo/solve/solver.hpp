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

/// Everything a run consists of.
struct Run {
  Communicator& communicator;        ///< among the ranks of the run
  const Problem& problem;            ///< F, by its shards
  const Regularizer& regularizer;    ///< g
  Exchange& exchange;                ///< that the method sends through, and whose ledger is the run's
  Oracle& oracle;                    ///< that the method evaluates with
  Method& method;                    ///< not started yet
  const Vector* solution = nullptr;  ///< z*, where it is known for this g
  bool gap = false;                  ///< the problem's gap function, if it has one, belongs to this g
  bool trace_goes_on = true;         ///< of a resumed run: the observers have had the rows before
  Supervisor* supervisor = nullptr;  ///< where the run may be saved, resumed or stopped from outside
};

/// Iterates from z0 until a criterion holds. The observers (rank 0) get a row every `trace_every` iterations (0: none).
///
/// The run stops on residuals that the method computed and was charged for: the certificate's, where the point to be
/// returned is the certificate's point; else F is evaluated at that point every `check_every` iterations, at the run's
/// own expense. What the trace needs beyond that is booked to the monitor and changes nothing.
///
/// A run that the supervisor resumes has, from there on, the iterates, rows and counters that it would have had without
/// the interruption, bit by bit; only clocks and mpi_bytes, which belong to the ranks, go on from what they were. Time
/// limits begin anew. The state is saved when the supervisor says so, and at the end unless the run failed.
///
/// throws Error(internal) if the ranks' replicated states differ, naming the hosts
[[nodiscard]] Outcome solve(Run run, ConstView z0, const Criteria& criteria, std::int64_t trace_every,
                            std::span<Observer* const> observers);

}  // namespace vireo
