#pragma once

#include <string>

#include "vireo/compressors/compressor.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

/// Everything a run can be put together from. One registry feeds parsing, checks and `vireo list`.
class Registry {
 public:
  Catalog<ProblemPlugIn> problems{"problem"};
  Catalog<MethodPlugIn> methods{"method"};
  Catalog<CompressorPlugIn> compressors{"compressor"};
  Catalog<RegularizerPlugIn> regularizers{"regularizer"};

  /// What Vireo brings along
  static Registry builtin();
};

/// What Vireo brings along, by folder
void register_problems(Registry& registry);
/// likewise
void register_methods(Registry& registry);
/// likewise
void register_compressors(Registry& registry);
/// likewise
void register_regularizers(Registry& registry);

}  // namespace vireo
