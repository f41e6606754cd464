#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vireo/core/vector.hpp"

namespace vireo {

/// How a constant became known.
enum class Origin : std::uint8_t {
  computed,   ///< from the operator's own matrices, to rounding
  bounded,    ///< an upper (mu: lower) bound by theory
  given,      ///< as the user said
  estimated,  ///< from finite differences: may be wrong
};
/// The word for it: "computed", "bounded", "given" or "estimated".
[[nodiscard]] std::string to_string(Origin origin);

/// A constant's value, and how it was found.
struct Constant {
  double value = 0;                  ///< as it appears in its inequality, see Constants
  Origin origin = Origin::computed;  ///< how it was found, and so how far it can be trusted
};

/// The constants from which step sizes are computed. An empty one is not known. mean_i is the mean over
/// components i that are drawn by the problem's law p (Problem::draw_component). E_i = F_i / (n p_i) is the
/// estimate of F that component i gives; for the uniform law E_i = F_i.
struct Constants {
  std::optional<Constant> L;             ///< ||F(u)-F(v)|| <= L ||u-v||
  std::optional<Constant> L_tilde;       ///< root mean square of the workers' constants L_m
  std::optional<Constant> L_component;   ///< mean_i ||E_i(u)-E_i(v)||^2 <= L_component^2 ||u-v||^2
  std::optional<Constant> mu;            ///< <F(u)-F(v), u-v> >= mu ||u-v||^2; 0: monotone
  std::optional<Constant> cocoercivity;  ///< ell: <F(u)-F(v), u-v> >= (1/ell) ||F(u)-F(v)||^2
  /// ell: <F(u)-F(v), u-v> >= (1/ell) mean_i ||E_i(u)-E_i(v)||^2; not smaller than `cocoercivity`
  std::optional<Constant> cocoercivity_component;
  /// delta: (1/M) sum_m ||(F_m - F)(u) - (F_m - F)(v)||^2 <= delta^2 ||u-v||^2
  std::optional<Constant> similarity{};
  /// ||(F_1 - F)(u) - (F_1 - F)(v)|| <= similarity_first ||u-v||, where F_1 is that of worker 0
  std::optional<Constant> similarity_first{};
  /// mean_m ||F_m(u)-F_m(v)||^2 <= L_ms^2 ||u-v||^2: of the workers together, where L_tilde is made of the
  /// constants of each. At most L_tilde.
  std::optional<Constant> L_ms{};
  /// True: L, L_tilde, L_ms and L_component hold for u and v in the domain of g, and nothing is known outside.
  bool in_domain_only = false;
};

}  // namespace vireo
