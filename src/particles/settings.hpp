#pragma once

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vireo/plugins/parameters.hpp"

namespace vireo::particles {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// How a particle moves in one step, with D = X - c the way from the consensus point, and xi standard normal.
enum class Scheme : std::uint8_t {
  euler,   ///< X = c + D (1 - lambda dt) + s S xi
  frozen,  ///< the step of the equation with c frozen, exactly: X_j = c_j + D_j exp(-lambda dt - s^2/2 + s xi_j)
  hopping  ///< X = c + width xi
};
/// S, the size of the noise
enum class NoiseKind : std::uint8_t {
  anisotropic,  ///< |D_j| in coordinate j
  isotropic     ///< |D| in all
};
enum class Start : std::uint8_t { uniform, normal };
enum class Bounds : std::uint8_t { project, reflect };

struct Motion {
  Scheme scheme = Scheme::euler;
  NoiseKind noise = NoiseKind::anisotropic;
  double contraction = 0.01;      ///< lambda dt
  double s = 0.7;                 ///< sigma sqrt(dt)
  bool s_is_automatic = false;    ///< not given: with isotropic noise it is the swarm's, which knows the dimension
  double truncation = infinity;   ///< S is at most this
  double width = 0.7;             ///< of hopping
  double shrink = 1;              ///< its factor ...
  Index shrink_every = 100;       ///< ... every so many steps
  bool heaviside = false;         ///< drift only where f(X) > f(c)
  bool memory = false;            ///< particles remember their best position, and are drawn to it
  double memory_contraction = 0;  ///< lambda_memory dt
};

struct Temperature {
  double start = 30;
  double factor = 1;  ///< per step, up to `maximum`
  double maximum = 1e15;
  double hold = infinity;  ///< beyond it alpha rises only where nothing better is found, see Swarm::next_alpha
  std::optional<double> effective{};  ///< alpha is such that the effective sample size is this part of the particles
};

/// Everything about one set of particles.
struct Settings {
  Index particles = 1000;
  Motion motion;
  Temperature alpha;
  double batch = 1;          ///< part of each block that is evaluated in a step
  bool move_all = false;     ///< also those that are not evaluated
  double kick = 0;           ///< standard deviation of the kick on stagnation; 0: none
  Index patience = 20;       ///< stagnating steps before a kick
  double stagnation = 1e-5;  ///< a step in which no coordinate of c moves by more stagnates
  Bounds bounds = Bounds::project;
  bool reduce = false;  ///< fewer particles as they come together
  Index least = 64;     ///< but not fewer than this
  Start start = Start::uniform;
  double lower = -3, upper = 3;  ///< of uniform
  double deviation = 1;          ///< of normal, around z^0
};

/// Which of the settings a method has, and their defaults.
struct Defaults {
  std::string particles = "1000";
  bool hopping = false;
  std::string sigma = "auto";
  std::string alpha = "30";
  std::string alpha_factor = "1.05";
  std::string alpha_max = "1e15";
  std::string start = "uniform";
  std::string deviation = "1";
};

[[nodiscard]] std::vector<Parameter> parameters_of_particles(const Defaults& defaults);

/// throws UsageError where parameters contradict each other. range: where particles begin, unless the user says so
[[nodiscard]] Settings settings_from(const std::string& method, const Parameters& parameters, bool hopping,
                                     std::pair<double, double> range);

/// Lines for the heading
[[nodiscard]] std::vector<std::pair<std::string, std::string>> describe(const Settings& settings);

}  // namespace vireo::particles
