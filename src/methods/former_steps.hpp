#pragma once

#include "methods/masha_theory.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo::methods {

/// The automatic steps of version 0.1.0, whose proofs were coarser: a checkpoint of that version does not hold the step,
/// and goes on with it all the same. Nothing else uses them.
namespace version_0_1_0 {

/// masha1, vr-masha1 and pp-masha1: min( sqrt(1-tau) / (2 C_q), (1-tau) (1-eps) / (2 mu) ); where mu = 0 and g != 0
/// sqrt(1-tau) / (2 C_q + 4 L)
[[nodiscard]] double masha1_step(double C_q, double probability, double L, double mu, const Regularizer& g,
                                 double eps = 0);

/// extragradient: what the user gave, `auto` being 1 / (sqrt(2) L); 0 if that needs an L, and it is 0
[[nodiscard]] double extragradient_step(const Step& given, double L);

/// optimistic and forb: likewise, `auto` being 0.99 / (2 L)
[[nodiscard]] double single_call_step(const Step& given, double L);

/// C_q of masha1 where snapshots are announced by a compressor of relative error eps < 1
[[nodiscard]] double inexact_snapshot_constant(double C_q, const ChannelTheory& channel, double L_tilde, double workers,
                                               double eps, double probability, bool to_next);

/// masha2, vr-masha2 and pp-masha2: with B = 320 c_C delta_serv^2 (0 if the server sends exactly) and H = 8 delta_dev^2
/// (20 + B) + B + 2 (the first term 0 if the workers send exactly),
///     min( sqrt(1 - tau) / (2 L_tilde sqrt(H)), (1 - tau) / (4 mu), 1 / (2 mu max(delta_dev, delta_serv)) )
[[nodiscard]] double masha2_step(const ChannelTheory& channel, double L_tilde, double mu, double probability);

}  // namespace version_0_1_0
}  // namespace vireo::methods
