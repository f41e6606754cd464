#pragma once

#include <string>

#include "vireo/compressors/compressor.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

/// All plug-ins of which a run can be made. One registry serves parsing, checks and `vireo list`.
class Registry {
 public:
  Catalog<ProblemPlugIn> problems{"problem"};              ///< for the setting `problem`
  Catalog<MethodPlugIn> methods{"method"};                 ///< for the setting `method`
  Catalog<CompressorPlugIn> compressors{"compressor"};     ///< for `uplink`, `downlink`, and in brackets
  Catalog<RegularizerPlugIn> regularizers{"regularizer"};  ///< for the setting `regularizer`

  /// All plug-ins that Vireo brings along
  static Registry builtin();
};

/// Adds the problems that Vireo brings along.
void register_problems(Registry& registry);
/// Adds the methods that Vireo brings along.
void register_methods(Registry& registry);
/// Adds the compressors that Vireo brings along.
void register_compressors(Registry& registry);
/// Adds the regularizers that Vireo brings along.
void register_regularizers(Registry& registry);

}  // namespace vireo
