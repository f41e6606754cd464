#pragma once

#include <memory>
#include <utility>

#include "methods/theory.hpp"
#include "vireo/methods/method.hpp"

namespace vireo::methods {

/// MethodPlugIn::make of a method. Puts the constants that the user gives among the parameters (L, mu, ...) in
/// the place of the problem's, so that no method needs to.
template <class M>
MethodPointer construct(const Parameters& parameters, MethodContext context) {
  context.constants = with_given(context.constants, parameters);
  return std::make_unique<M>(parameters, std::move(context));
}

}  // namespace vireo::methods
