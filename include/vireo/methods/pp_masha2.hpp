#pragma once

#include "vireo/methods/method.hpp"
#include "vireo/methods/participation.hpp"
#include "vireo/methods/refresh.hpp"
#include "vireo/methods/snapshot.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// PP-MASHA2: MASHA2 (Beznosikov, Richtarik, Diskin, Ryabinin, Gasnikov, NeurIPS 2022, Algorithm 2) with partial
/// participation in the uplink: in a round b of the M workers send; the others keep all they would have sent.
///
///     z^{k+1/2} = tau z^k + (1 - tau) w^k - gamma F(w^k)
///     x_m       = gamma ( F_m(z^{k+1/2}) - F_m(w^k) ) + e_m^k
///     c_m       = C_m^dev(x_m) if m in S^k, else 0,                  e_m^{k+1} = x_m - c_m
///     y         = (1/M) sum_m c_m + e^k,        G = C^serv(y),       e^{k+1} = y - G
///     z^{k+1}   = z^{k+1/2} - G
///     w^{k+1}   = z^k with probability 1 - tau, else w^k             (z^{k+1}, `refresh=next`, is not proved)
///
/// "C with probability b/M, else 0" is contractive with delta' = delta M / b, so that step and guarantee are those of
/// MASHA2 with delta_dev M / b for delta_dev (g = 0 only). S is drawn without replacement from a key that all ranks
/// know; the proof uses of each worker no more than the probability b/M. Compressors must draw independently over the
/// workers.
/// Per iteration: 1 evaluation of F by all workers (one that is really absent is not covered), b messages up, M down,
/// and with probability 1 - tau one evaluation of F and one uncompressed exchange. 1 - tau = 1/delta'.
class PpMasha2 final : public Method {
 public:
  /// throws UsageError for compressors that are not contractive or whose draws depend, for g != 0, for b > M, and if
  /// step=auto needs an L that is not known
  PpMasha2(const Parameters& parameters, MethodContext context);

  void start(ConstView z0) override;
  void iterate() override;
  [[nodiscard]] ConstView point() const override { return z_; }
  /// the snapshot
  [[nodiscard]] std::optional<Certificate> certificate() const override { return snapshot_.certificate(); }
  [[nodiscard]] ConstView averaged() const override { return half_; }
  void list_state(StateList& state) override;
  void restore() override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> description() const override;
  [[nodiscard]] std::vector<Rate> rates() const override;

 private:
  Step step_;
  Refresh refresh_;
  Snapshot snapshot_;
  Participation participation_;
  double automatic_ = 0;
  double gamma_ = 0;
  std::string formula_ = "the theorem's";

  std::int64_t k_ = 0;
  Vector z_;
  Feedback memory_;  ///< e_m and e
  Vector forward_, half_, next_;
};

}  // namespace vireo
