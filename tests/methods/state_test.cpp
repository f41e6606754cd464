// Pins that what a method lists is its whole state: saved at any time and loaded into a new object, it goes on bitwise
// as before.
#include <map>
#include <variant>

#include "methods/support.hpp"

namespace vireo {
namespace {

using Value = std::variant<Vector, WorkerVectors, SegmentVector, double, std::int64_t>;
using Saved = std::map<std::string, Value>;

class Save final : public StateList {
 public:
  explicit Save(Saved& to) : to_(to) {}
  void global(const std::string& name, Vector& value) override { add(name, value); }
  void per_worker(const std::string& name, WorkerVectors& value) override { add(name, value); }
  void by_segment(const std::string& name, SegmentVector& value) override { add(name, value); }
  void scalar(const std::string& name, double& value) override { add(name, value); }
  void scalar(const std::string& name, std::int64_t& value) override { add(name, value); }

 private:
  void add(const std::string& name, Value value) {
    EXPECT_TRUE(to_.emplace(name, std::move(value)).second) << name << " is listed twice";
  }
  Saved& to_;
};

class Load final : public StateList {
 public:
  explicit Load(const Saved& from) : from_(from) {}
  void global(const std::string& name, Vector& value) override { take(name, value); }
  void per_worker(const std::string& name, WorkerVectors& value) override { take(name, value); }
  void by_segment(const std::string& name, SegmentVector& value) override { take(name, value); }
  void scalar(const std::string& name, double& value) override { take(name, value); }
  void scalar(const std::string& name, std::int64_t& value) override { take(name, value); }
  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  template <class T>
  void take(const std::string& name, T& value) {
    ASSERT_TRUE(from_.contains(name)) << name << " was not listed when the state was saved";
    value = std::get<T>(from_.at(name));
    ++taken_;
  }
  const Saved& from_;
  std::size_t taken_ = 0;
};

/// What a method is tried on, where it is not the default below.
struct Trial {
  std::vector<std::string> specs;
  std::string problem = "quadratic-game:dimension=20,components=8,condition=20";
  std::string uplink = "none";
  std::string downlink = "none";
};

Trial trial_of(const std::string& method) {
  const std::map<std::string, Trial> special{
      {"masha1",
       {.specs = {"masha1:probability=0.2", "masha1:probability=0.2,refresh=next",
                  "masha1:probability=0.2,snapshot=[rounding:bits=16]", "masha1:probability=0.2,snapshot=[topk:k=5]"},
        .uplink = "randk:fraction=0.25",
        .downlink = "randk:fraction=0.5"}},
      {"masha2",
       {.specs = {"masha2:probability=0.2,step=0.02", "masha2:probability=0.2,step=0.02,feedback=off"},
        .uplink = "topk:k=5",
        .downlink = "topk:k=9"}},
      {"vr-masha1",
       {.specs = {"vr-masha1:probability=0.2,batch=2"}, .uplink = "randk:fraction=0.25", .downlink = "dithering"}},
      {"vr-masha2",
       {.specs = {"vr-masha2:probability=0.2,batch=2,step=0.02"}, .uplink = "sign", .downlink = "topk:k=9"}},
      {"pp-masha1", {.specs = {"pp-masha1:probability=0.2,participants=3"}, .uplink = "randk:fraction=0.25"}},
      {"pp-masha2",
       {.specs = {"pp-masha2:probability=0.2,participants=3,step=0.02"}, .uplink = "topk:k=9", .downlink = "topk:k=5"}},
      {"halpern", {.specs = {"halpern", "halpern:restart=on"}}},
      {"eag", {.specs = {"eag:variant=C", "eag:variant=V"}}},
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
      {"optimistic-masha", {.specs = {"optimistic-masha", "optimistic-masha:probability=0.5"}, .uplink = "permk"}},
      {"three-pillars",
       {.specs = {"three-pillars", "three-pillars:refresh=next,inner=2,probability=0.5"}, .uplink = "permk"}},
      {"svogs", {.specs = {"svogs", "svogs:probability=0.5,batch=5,inner=1"}}},
      {"vr-halpern",
       {.specs = {"vr-halpern:batch=1,probability=0.1", "vr-halpern:parameters=aggressive,restart=on",
                  "vr-halpern:step=30,batch=2,probability=0.2,safeguard=on,anchor=1"}}},
      {"compressed-halpern",
       {.specs = {"compressed-halpern:probability=0.1", "compressed-halpern:step=practical,restart=on",
                  "compressed-halpern:step=20,probability=0.2,batch=1,safeguard=on"},
        .uplink = "randk:fraction=0.25",
        .downlink = "natural"}},
      {"agraal", {.specs = {"agraal", "agraal:first_step=0.1"}}},
  };
  const auto found = special.find(method);
  return found != special.end() ? found->second : Trial{.specs = {method}};
}

class EveryMethod : public ::testing::TestWithParam<std::string> {};

void expect_same(const Method& a, const Method& b, const std::string& when) {
  const auto bits = [](ConstView z) { return Vector(z.begin(), z.end()); };
  ASSERT_EQ(bits(a.point()), bits(b.point())) << when;
  const auto one = a.certificate(), other = b.certificate();
  ASSERT_EQ(one.has_value(), other.has_value()) << when;
  if (!one) return;
  ASSERT_EQ(bits(one->point), bits(other->point)) << when;
  ASSERT_EQ(bits(one->F), bits(other->F)) << when;
  ASSERT_EQ(one->iteration, other->iteration) << when;
}

TEST_P(EveryMethod, GoesOnBitwiseFromItsListedState) {
  const auto trial = trial_of(GetParam());
  test::MethodSettings settings{.uplink = trial.uplink, .downlink = trial.downlink};
  for (const auto& spec : trial.specs)
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
      test::on_simulated(2, [&](Communicator& comm) {
        SCOPED_TRACE(spec + (g ? " with " + g->description() : ""));
        test::Assembly run(comm, trial.problem, "extragradient", "none", "none", 1, std::nullopt, "", g);
        MethodPointer original;
        try {
          original = test::make_method(run, spec, settings);
        } catch (const UsageError&) {
          ASSERT_TRUE(g) << "a method must run without g";  // some have no theory with it
          return;
        }
        original->start(run.z0);
        for (const int more : {0, 1, 14, 40, 150}) {
          for (int k = 0; k < more; ++k) original->iterate();
          Saved saved;
          Save save(saved);
          original->list_state(save);
          const auto copy = test::make_method(run, spec, settings);
          Load load(saved);
          copy->list_state(load);
          EXPECT_EQ(load.taken(), saved.size());
          copy->restore();
          expect_same(*original, *copy, "after loading");
          for (int k = 0; k < 40; ++k) {
            original->iterate();
            copy->iterate();
            expect_same(*original, *copy, "iteration " + std::to_string(k + 1) + " after loading");
          }
        }
      });
}

std::vector<std::string> names_of_methods() {
  std::vector<std::string> names;
  for (const auto& entry : test::registry().methods.entries()) names.push_back(entry.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(, EveryMethod, ::testing::ValuesIn(names_of_methods()), [](const auto& instance) {
  std::string name = instance.param;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace vireo
