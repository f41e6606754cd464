// Pins that the MASHA family's iterates have the same bits on every world, with the options that its defaults leave
// out.
#include "masha_support.hpp"

namespace vireo {
namespace {

using test::Assembly;

struct Setting {
  std::string method;
  std::string up;
  std::string down;
};

const std::vector<Setting>& settings() {
  static const std::vector<Setting> all{
      {"masha1:probability=0.2", "randk:k=5", "randk:k=9"},
      {"masha1:probability=0.2,snapshot=none", "randk:k=5", "randk:k=9"},
      {"masha1:probability=0.2,refresh=next,snapshot=[rounding:bits=16]", "natural", "natural"},
      {"masha1:probability=0.2,snapshot=[topk:k=5]", "permk", "none"},
      {"masha1:probability=0.2,snapshot=[sign]", "randk-shared:k=20", "none"},
      {"masha2:probability=0.2,step=0.02", "topk:k=5", "topk:k=9"},
      {"masha2:probability=0.2,step=0.02,feedback=off", "topk:k=5", "sign"},
      {"vr-masha1:probability=0.2,batch=2", "randk:k=5", "dithering"},
      {"vr-masha2:probability=0.2,batch=2,step=0.02", "sign", "topk:k=9"},
      {"pp-masha1:probability=0.2,participants=3", "randk:k=5", "randk:k=9"},
      {"pp-masha2:probability=0.2,participants=3,step=0.02", "topk:k=9", "none"}};
  return all;
}

Assembly assemble(Communicator& comm, const Setting& setting) {
  return Assembly(comm, "quadratic-game:dimension=50,components=19,condition=20", setting.method, setting.up,
                  setting.down, 3, 7);
}

TEST(MashaBitwise, IteratesHaveTheSameBitsOnEveryWorld) {
  const auto trajectory = [](Communicator& comm, const Setting& setting) {
    auto run = assemble(comm, setting);
    run.method->start(run.z0);
    Vector all;
    for (int k = 0; k < 40; ++k) {
      run.method->iterate();
      all.insert(all.end(), run.method->point().begin(), run.method->point().end());
    }
    return all;
  };
  for (const auto& setting : settings()) {
    SCOPED_TRACE(setting.method);
    Vector expected;
    test::on_simulated(1, [&](Communicator& comm) { expected = trajectory(comm, setting); });
    test::on_every_world([&](Communicator& comm) { EXPECT_TRUE(trajectory(comm, setting) == expected); });
  }
}

}  // namespace
}  // namespace vireo
