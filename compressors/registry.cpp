#include "vireo/plugins/registry.hpp"
#include "compressors/none.hpp"
#include "compressors/randk.hpp"

namespace vireo {
namespace {

CompressorPointer make_randk(const Parameters& parameters) {
  if (parameters.has("k") && parameters.has("fraction")) throw UsageError("randk: give k or fraction, not both");
  if (parameters.has("k")) return RandK::of_size(parameters.integer("k"));
  return RandK::of_fraction(parameters.has("fraction") ? parameters.real("fraction") : 0.1);
}

}  // namespace

void register_compressors(Registry& registry) {
  CompressorPlugIn none;
  none.name = "none";
  none.summary = "the identity: every number as float64";
  none.formula = "Q(x) = x;  unbiased, q = 1;  8 d bytes";
  none.reference = "-";
  none.make = [](const Parameters&) { return std::make_shared<None>(); };
  registry.compressors.add(std::move(none));

  CompressorPlugIn randk;
  randk.name = "randk";
  randk.summary = "k random coordinates, scaled by d/k; the receiver redraws which ones";
  randk.formula = "Q(x)_j = (d/k) x_j if j in S, else 0, S uniform of size k;  unbiased, q = d/k;  8 k bytes";
  randk.reference = "Beznosikov, Horvath, Richtarik, Safaryan, On biased compression, JMLR 2023 (the unbiased form)";
  randk.parameters = {Parameter::real("fraction", "", "k/d; 0.1 if k is not given either", 0, 1).open_below(),
                      Parameter::integer("k", "", "number of coordinates kept", 1)};
  randk.make = make_randk;
  registry.compressors.add(std::move(randk));
}

}  // namespace vireo
