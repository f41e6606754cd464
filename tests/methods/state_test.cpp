// Pins that what a method lists is its whole state: saved at any time and loaded into a new object, it goes on bitwise
// as before.
#include <map>
#include <variant>

#include "methods/support.hpp"
#include "methods/trials.hpp"

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
  const auto trial = test::trial_of(GetParam());
  test::MethodSettings settings{.uplink = trial.uplink, .downlink = trial.downlink};
  for (const auto& spec : trial.specs)
    for (const RegularizerPointer& g : {RegularizerPointer{}, make_l1(0.05)})
      test::on_simulated(2, [&](Communicator& comm) {
        SCOPED_TRACE(spec + (g ? " with " + g->description() : ""));
        test::Assembly run(comm, trial.problem, test::stand_in(trial), "none", "none", 1, std::nullopt, "", g);
        if (g && !trial.takes_g(spec)) {
          EXPECT_THROW(static_cast<void>(test::make_method(run, spec, settings)), UsageError);
          return;
        }
        const auto original = test::make_method(run, spec, settings);
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

INSTANTIATE_TEST_SUITE_P(, EveryMethod, ::testing::ValuesIn(test::names_of_methods()), test::test_name);

}  // namespace
}  // namespace vireo
