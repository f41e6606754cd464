#pragma once

/// Includes all public headers: what programs of your own may use. Everything else is internal to Vireo, and
/// may change with any version.
#include "vireo/app/main.hpp"                    // IWYU pragma: export
#include "vireo/app/registry.hpp"                // IWYU pragma: export
#include "vireo/app/solve.hpp"                   // IWYU pragma: export
#include "vireo/comm/collectively.hpp"           // IWYU pragma: export
#include "vireo/comm/communicator.hpp"           // IWYU pragma: export
#include "vireo/comm/mpi.hpp"                    // IWYU pragma: export
#include "vireo/comm/simulated.hpp"              // IWYU pragma: export
#include "vireo/compressors/compressor.hpp"      // IWYU pragma: export
#include "vireo/core/error.hpp"                  // IWYU pragma: export
#include "vireo/core/kernels.hpp"                // IWYU pragma: export
#include "vireo/core/layout.hpp"                 // IWYU pragma: export
#include "vireo/core/random.hpp"                 // IWYU pragma: export
#include "vireo/core/reduction.hpp"              // IWYU pragma: export
#include "vireo/core/state.hpp"                  // IWYU pragma: export
#include "vireo/core/subset.hpp"                 // IWYU pragma: export
#include "vireo/core/vector.hpp"                 // IWYU pragma: export
#include "vireo/exchange/exchange.hpp"           // IWYU pragma: export
#include "vireo/exchange/ledger.hpp"             // IWYU pragma: export
#include "vireo/exchange/mean.hpp"               // IWYU pragma: export
#include "vireo/methods/deterministic.hpp"       // IWYU pragma: export
#include "vireo/methods/method.hpp"              // IWYU pragma: export
#include "vireo/plugins/catalog.hpp"             // IWYU pragma: export
#include "vireo/plugins/parameters.hpp"          // IWYU pragma: export
#include "vireo/problems/component_problem.hpp"  // IWYU pragma: export
#include "vireo/problems/constants.hpp"          // IWYU pragma: export
#include "vireo/problems/objective.hpp"          // IWYU pragma: export
#include "vireo/problems/problem.hpp"            // IWYU pragma: export
#include "vireo/problems/shard.hpp"              // IWYU pragma: export
#include "vireo/regularizers/regularizer.hpp"    // IWYU pragma: export
#include "vireo/regularizers/sets.hpp"           // IWYU pragma: export
#include "vireo/solve/criteria.hpp"              // IWYU pragma: export
#include "vireo/solve/observer.hpp"              // IWYU pragma: export
#include "vireo/solve/solver.hpp"                // IWYU pragma: export
#include "vireo/solve/supervisor.hpp"            // IWYU pragma: export
