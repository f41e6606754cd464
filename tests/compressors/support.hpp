#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "encoding/apply.hpp"
#include "vireo/app/registry.hpp"

namespace vireo::test {

/// The compressor of a spec
inline CompressorPointer make(const std::string& text) {
  static const Registry registry = Registry::builtin();
  return make_compressor(registry.compressors, text);
}

inline Message message_of(std::uint64_t iteration, Index dimension, Index worker = 6, Index workers = 8) {
  return {
      {.seed = 2, .purpose = random::Purpose::uplink, .worker = worker, .iteration = iteration}, dimension, workers};
}

/// Q(x)
inline Vector compressed(const Compressor& Q, ConstView x, const Message& message) {
  Vector out(x.begin(), x.end());
  encoding::ApplyScratch scratch;
  encoding::apply_in_place(Q, message, out, scratch);
  return out;
}

struct Sample {
  const char* name;
  Vector x;
};

/// Ordinary vectors and those that compressors trip over.
inline std::vector<Sample> samples() {
  Vector normal(60);
  random::normals({.seed = 8, .purpose = random::Purpose::problem}, 0, normal);
  Vector peak(100, 1e-3);
  peak[37] = 1e6;
  Vector denormal(normal);
  for (double& value : denormal) value *= 1e-311;
  Vector scales(40);
  for (Index j = 0; j < scales.size(); ++j)
    scales[j] = (j % 2 == 0 ? 1.0 : -1.0) * std::exp(static_cast<double>(j) - 20);
  return {{"one number", {-2.5}},       {"two numbers", {1e-3, -7}}, {"normal", normal},
          {"zero", Vector(20, 0.0)},    {"denormal", denormal},      {"smallest numbers", Vector(30, 5e-324)},
          {"huge", Vector(12, -1e300)}, {"one huge entry", peak},    {"many scales", scales}};
}

/// The compressors of a kind that `specs` does not name yet, as they are by default.
inline std::vector<std::string> with_all_others(std::vector<std::string> specs, CompressorTheory::Kind kind) {
  static const Registry registry = Registry::builtin();
  for (const auto& plug : registry.compressors.entries()) {
    const bool named = std::any_of(specs.begin(), specs.end(),
                                   [&](const std::string& spec) { return Spec::parse(spec).name == plug.name; });
    if (!named && make(plug.name)->theory(20, 8).kind == kind) specs.push_back(plug.name);
  }
  return specs;
}

/// All unbiased compressors, some with several parameters
inline const std::vector<std::string>& unbiased_specs() {
  static const auto specs =
      with_all_others({"none",
                       "randk:fraction=0.1",
                       "randk:fraction=1",
                       "randk:k=1",
                       "randk:fraction=0.7",
                       "randk:fraction=0.3,wire=float32",
                       "randk-shared:fraction=0.2",
                       "randk-shared:k=1,wire=float32",
                       "permk",
                       "permk:wire=float32",
                       "dithering",
                       "dithering:levels=1,norm=l2",
                       "dithering:levels=4,norm=linf",
                       "dithering:levels=127,norm=l2",
                       "natural",
                       "rounding:bits=8",
                       "rounding:bits=16",
                       "rounding:bits=32",
                       "induced:first=[topk:k=1],second=[randk:k=1]",
                       "induced:first=[topk:fraction=0.2,wire=float32],second=[randk:fraction=0.2,wire=float32]",
                       "induced:first=[sign],second=[natural]"},
                      CompressorTheory::Kind::unbiased);
  return specs;
}

/// All contractive compressors, likewise
inline const std::vector<std::string>& contractive_specs() {
  static const auto specs =
      with_all_others({"topk:k=1", "topk:fraction=0.1", "topk:fraction=0.5,wire=float32", "topk:fraction=1", "sign"},
                      CompressorTheory::Kind::contractive);
  return specs;
}

inline std::vector<std::string> all_specs() {
  auto specs = unbiased_specs();
  specs.insert(specs.end(), contractive_specs().begin(), contractive_specs().end());
  return specs;
}

}  // namespace vireo::test
