#pragma once

#include <functional>
#include <utility>

#include "regularizers/domain.hpp"
#include "vireo/regularizers/regularizer.hpp"

/// What the descriptions of regularizers, for `vireo list`, have in common.
namespace vireo::regularizers {

constexpr const char* proximal_algorithms =
    "Parikh, Boyd, Proximal algorithms, Foundations and Trends in Optimization 1(3), 2014, chapter 6";

/// The entry of a regularizer that is the same on blocks of any size.
[[nodiscard]] inline RegularizerPlugIn plug_in(PlugIn about,
                                               std::function<RegularizerPointer(const Parameters&)> make) {
  RegularizerPlugIn entry;
  static_cast<PlugIn&>(entry) = std::move(about);
  entry.make = [make = std::move(make)](const Parameters& parameters, Index /*size*/) { return make(parameters); };
  return entry;
}

}  // namespace vireo::regularizers
