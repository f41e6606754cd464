// A user's program whose operator does not come back: run by misbehaviour_test.py.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "vireo/app/main.hpp"
#include "vireo/problems/component_problem.hpp"

namespace {

using namespace vireo;

void misbehave(const std::string& how) {
  if (how == "exit") std::exit(0);
  if (how == "quick-exit") std::quick_exit(0);
  while (how == "hang") std::this_thread::sleep_for(std::chrono::seconds(1));
}

/// F_i turns z - (1, ..., 1) by a right angle, until the time has come.
class Misbehaving final : public ComponentProblem {
 public:
  Misbehaving(const Parameters& parameters, const ProblemContext& context)
      : ComponentProblem(context, 4, 8),
        how_(parameters.text("how")),
        concerned_(context.communicator().rank() >= static_cast<int>(parameters.integer("from-rank"))) {
    const auto& when = parameters.text("when");
    good_ = when == "later" ? 100'000 : 0;
    if (concerned_ && when == "making") misbehave(how_);
  }

  void component(Index /*i*/, ConstView z, View out) const override {
    if (concerned_ && --good_ < 0) misbehave(how_);
    for (Index j = 0; j < z.size(); j += 2) {
      out[j] = z[j + 1] - 1;
      out[j + 1] = 1 - z[j];
    }
  }
  [[nodiscard]] std::vector<Block> blocks() const override { return {{"all", {0, dimension()}}}; }

 private:
  std::string how_;
  bool concerned_;
  mutable std::atomic<std::int64_t> good_;  ///< evaluations that are left
};

void register_misbehaving(Registry& registry) {
  ProblemPlugIn plug;
  plug.name = "misbehaving";
  plug.summary = "does not come back";
  plug.parameters = {
      Parameter::choice("how", "none", "what it does", {"none", "hang", "exit", "quick-exit"}),
      Parameter::choice("when", "making", "while it is made, or at an evaluation", {"making", "first", "later"}),
      Parameter::integer("from-rank", "0", "on this rank and all after it", 0)};
  plug.make = [](const Parameters& parameters, const ProblemContext& context) {
    return std::make_unique<Misbehaving>(parameters, context);
  };
  registry.problems.add(std::move(plug));
}

}  // namespace

int main(int argc, char** argv) { return run_program(argc, argv, register_misbehaving); }
