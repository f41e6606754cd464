#include "methods/snapshot_method.hpp"

namespace vireo::methods {

void SnapshotMethod::start(ConstView z0) {
  z_.assign(z0.begin(), z0.end());
  allocate();
  snapshot_.move(z_, 0);
}

void SnapshotMethod::list_state(StateList& state) {
  state.scalar("k", k_);
  state.global("z", z_);
  snapshot_.list_state(state);
}

void SnapshotMethod::restore() {
  allocate();
  snapshot_.restore();
}

}  // namespace vireo::methods
