#pragma once

#include <optional>
#include <string>
#include <utility>

#include "methods/refresh.hpp"
#include "methods/snapshot.hpp"
#include "methods/step_size.hpp"
#include "vireo/methods/method.hpp"

namespace vireo::methods {

/// Base class of the loopless methods: an iterate z^k, and a snapshot w^k that becomes a new point with probability
/// 1 - tau. It holds the step, the coin, z^k, w^k and k; the rest of the state, if there is any, is the method's. What
/// the iteration makes of them is the method's too.
class SnapshotMethod : public Method {
 public:
  /// Sets z^0 = w^0 and announces F(w^0).
  void start(ConstView z0) override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// The snapshot, where it has been announced exactly
  [[nodiscard]] std::optional<Certificate> certificate() const override { return snapshot_.certificate(); }
  /// Lists k, z^k and the snapshot.
  void list_state(StateList& state) override;
  /// Announces F(w^k) again.
  void restore() override;

 protected:
  /// formula: of the automatic step. The method's constructor sets `refresh_`, whose probability depends on the
  /// compressors.
  SnapshotMethod(const Parameters& parameters, MethodContext context, std::string formula, Snapshot::Keep keep,
                 Announcer announcer = {})
      : Method(std::move(context)),
        step_(parameters, std::move(formula)),
        snapshot_(context_, keep, std::move(announcer)) {}

  /// Called when z^k is known, and nothing else: makes room for the vectors that an iteration writes.
  virtual void allocate() = 0;

  StepSize step_;       ///< gamma
  Refresh refresh_;     ///< the coin
  Snapshot snapshot_;   ///< w^k
  std::int64_t k_ = 0;  ///< iterations done
  Vector z_;            ///< z^k
};

}  // namespace vireo::methods
