#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <vector>

#include "support/assembly.hpp"

/// What the tests that go through all methods of the registry try each of them on.
namespace vireo::test {

/// What a method is tried on, where it is not the default below.
struct Trial {
  std::vector<std::string> specs;
  std::string problem = "quadratic-game:dimension=20,components=8,condition=20";
  std::string uplink = "none";
  std::string downlink = "none";
  std::string refuses_g{};  ///< specs that begin so have no theory with a regularizer, and say so by a UsageError

  [[nodiscard]] bool takes_g(const std::string& spec) const {
    return refuses_g.empty() || !spec.starts_with(refuses_g);
  }
};

/// With its default parameters, on a problem that has what the registry says the method needs.
inline Trial default_trial(const std::string& method) {
  switch (registry().methods.find(method).needs) {
    case Needs::an_objective:
      return {.specs = {method}, .problem = "rastrigin:dimension=4"};
    case Needs::a_game:
      return {.specs = {method}, .problem = "saddle-rastrigin:half=3"};
    case Needs::an_operator:
      break;
  }
  return {.specs = {method}};
}

/// What a method is tried on. A method that is not named here is tried by its default parameters, uncompressed.
inline Trial trial_of(const std::string& method) {
  const std::map<std::string, Trial> special{
      {"masha1",
       {.specs = {"masha1:probability=0.2", "masha1:probability=0.2,refresh=next",
                  "masha1:probability=0.2,snapshot=[rounding:bits=16]", "masha1:probability=0.2,snapshot=[topk:k=5]"},
        .uplink = "randk:fraction=0.25",
        .downlink = "randk:fraction=0.5"}},
      {"masha2",
       {.specs = {"masha2:probability=0.2,step=0.02", "masha2:probability=0.2,step=0.02,feedback=off"},
        .uplink = "topk:k=5",
        .downlink = "topk:k=9",
        .refuses_g = "masha2"}},
      {"vr-masha1",
       {.specs = {"vr-masha1:probability=0.2,batch=2"}, .uplink = "randk:fraction=0.25", .downlink = "dithering"}},
      {"vr-masha2",
       {.specs = {"vr-masha2:probability=0.2,batch=2,step=0.02"},
        .uplink = "sign",
        .downlink = "topk:k=9",
        .refuses_g = "vr-masha2"}},
      {"pp-masha1", {.specs = {"pp-masha1:probability=0.2,participants=3"}, .uplink = "randk:fraction=0.25"}},
      {"pp-masha2",
       {.specs = {"pp-masha2:probability=0.2,participants=3,step=0.02"},
        .uplink = "topk:k=9",
        .downlink = "topk:k=5",
        .refuses_g = "pp-masha2"}},
      {"halpern", {.specs = {"halpern", "halpern:restart=on"}}},
      {"eag", {.specs = {"eag:variant=C", "eag:variant=V"}, .refuses_g = "eag:variant=V"}},
      {"feg", {.specs = {"feg", "feg:rho=-0.1"}}},
      {"vr-extragradient", {.specs = {"vr-extragradient", "vr-extragradient:batch=3,probability=0.2"}}},
      {"vr-forb", {.specs = {"vr-forb", "vr-forb:batch=3,probability=0.2"}}},
      {"vr-halpern-monotone",
       {.specs = {"vr-halpern-monotone:inner-length=1", "vr-halpern-monotone:inner=accuracy,restart=on",
                  "vr-halpern-monotone:inner-length=1,restart=on,batch=3"}}},
      {"ceg", {.specs = {"ceg"}, .uplink = "randk:fraction=0.25", .downlink = "natural"}},
      {"ceg-ef", {.specs = {"ceg-ef"}, .uplink = "topk:fraction=0.25", .downlink = "sign"}},
      {"qsgda", {.specs = {"qsgda"}, .uplink = "permk:wire=float32", .downlink = "randk:fraction=0.5"}},
      {"diana-sgda", {.specs = {"diana-sgda"}, .uplink = "randk:fraction=0.25"}},
      {"optimistic-masha",
       {.specs = {"optimistic-masha", "optimistic-masha:step=auto,probability=0.5"}, .uplink = "permk"}},
      {"three-pillars",
       {.specs = {"three-pillars", "three-pillars:refresh=next,inner=2,probability=0.5"}, .uplink = "permk"}},
      {"svogs", {.specs = {"svogs", "svogs:step=auto,probability=0.5,batch=5,inner=1"}}},
      {"vr-halpern",
       {.specs = {"vr-halpern:batch=1,probability=0.1", "vr-halpern:parameters=aggressive,restart=on",
                  "vr-halpern:step=30,batch=2,probability=0.2,safeguard=on,anchor=1"}}},
      {"compressed-halpern",
       {.specs = {"compressed-halpern:probability=0.1", "compressed-halpern:step=practical,restart=on",
                  "compressed-halpern:step=20,probability=0.2,batch=1,safeguard=on"},
        .uplink = "randk:fraction=0.25",
        .downlink = "natural"}},
      {"cbo",
       {.specs = {"cbo:particles=90", "cbo:particles=90,memory=on,batch=0.5,correction=heaviside",
                  "cbo:particles=90,ess=0.5", "cbo:particles=90,kick=0.1,patience=2", "cbo:particles=200,reduce=on"},
        .problem = "rastrigin:dimension=4"}},
      {"consensus-hopping",
       {.specs = {"consensus-hopping:particles=90,shrink=0.9,shrink-every=7"}, .problem = "rastrigin:dimension=4"}},
      {"cbo-saddle",
       {.specs = {"cbo-saddle:particles=90", "cbo-saddle:particles=90,reference=best"},
        .problem = "saddle-rastrigin:half=3"}},
      {"cbo-vi", {.specs = {"cbo-vi:particles=20", "cbo-vi:particles=20,drift=off,polish=[feg],polish-after=30"}}},
      {"agraal", {.specs = {"agraal", "agraal:first_step=0.1"}}},
  };
  const auto found = special.find(method);
  return found != special.end() ? found->second : default_trial(method);
}

/// A method that runs on the trial's problem: to put a run together, before the method under test takes its place
inline std::string stand_in(const Trial& trial) {
  const auto& method = registry().methods.find(Spec::parse(trial.specs.front()).name);
  return method.needs == Needs::an_objective ? trial.specs.front() : "extragradient";
}

/// of the registry
inline std::vector<std::string> names_of_methods() {
  std::vector<std::string> names;
  for (const auto& entry : registry().methods.entries()) names.push_back(entry.name);
  return names;
}

/// A method's name as GoogleTest takes it
inline std::string test_name(const ::testing::TestParamInfo<std::string>& instance) {
  std::string name = instance.param;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace vireo::test
