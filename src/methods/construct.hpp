#pragma once

#include <memory>
#include <utility>

#include "vireo/methods/method.hpp"

namespace vireo::methods {

/// MethodPlugIn::make of a method
template <class M>
MethodPointer construct(const Parameters& parameters, MethodContext context) {
  return std::make_unique<M>(parameters, std::move(context));
}

}  // namespace vireo::methods
