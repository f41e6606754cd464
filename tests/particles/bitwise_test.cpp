// Every variant of the particle methods has the same points and measures, to the bit, on any number of ranks, MPI or
// simulated, also on more ranks than blocks of particles.
#include <cstring>

#include "particles/support.hpp"
#include "problems/logistic_data.hpp"

namespace vireo {
namespace {

struct Variant {
  const char* problem;
  const char* method;
  bool box = false;
  bool data = false;
};

const Variant variants[] = {
    {"rastrigin", "cbo:particles=700"},
    {"rastrigin:dimension=7,rotated=on", "cbo:particles=333,noise=isotropic,s=0.2"},
    {"rastrigin:dimension=2", "cbo:particles=30"},
    {"ackley:dimension=5", "cbo:particles=300,truncation=0.5"},
    {"ackley:dimension=5", "cbo:particles=300,noise=isotropic,truncation=0.5"},
    {"griewank:dimension=6", "cbo:particles=300,scheme=frozen"},
    {"rosenbrock:dimension=5", "cbo:particles=300,correction=heaviside"},
    {"sphere:dimension=5", "cbo:particles=300,memory=on"},
    {"sphere:dimension=5", "cbo:particles=300,memory=on,batch=0.4"},
    {"sphere:dimension=5", "cbo:particles=300,batch=0.2,update=all"},
    {"sphere:dimension=5", "cbo:particles=300,memory=on,batch=0.4,update=all,scheme=frozen"},
    {"rastrigin:dimension=5", "cbo:particles=600,memory=on,ess=0.3,batch=0.5"},
    {"rosenbrock:dimension=5", "cbo:particles=300,correction=heaviside,batch=0.5,memory=on"},
    {"rastrigin:dimension=5", "cbo:particles=600,ess=0.3"},
    {"rastrigin:dimension=5", "cbo:particles=600,ess=0.3,batch=0.5"},
    {"sphere:dimension=3", "cbo:particles=300,kick=0.1,patience=2,stagnation=0.1"},
    {"sphere:dimension=3", "cbo:particles=600,reduce=on"},
    {"rastrigin:dimension=5", "cbo:particles=300,bounds=reflect", true},
    {"canyon", "cbo:particles=200,start=normal,deviation=0.5", true},
    {"canyon", "consensus-hopping:shrink=0.9,shrink-every=5"},
    {"saddle-rastrigin:half=4", "cbo-saddle:particles=200"},
    {"saddle-rastrigin:half=4,coupling=2", "cbo-saddle:particles=200,reference=consensus,sweep=jacobi", true},
    {"quadratic-saddle:x=7,y=3", "cbo-saddle:particles=200,reference=best"},
    {"kojima-shindo", "cbo-vi:particles=200,drift=off"},
    {"minty-test:dimension=5", "cbo-vi:particles=200,step=0.02"},
    {"minty-test:dimension=5", "cbo-vi:particles=100,step=0.02,layout=data"},
    {"bilinear:dimension=10", "cbo-vi:particles=100,batch=0.5", true},
    {"quadratic-game:dimension=10", "cbo-vi:particles=70,polish=[feg],polish-after=8"},
    {"neural-fit:layout=particles", "cbo:particles=150", false, true},
    {"neural-fit:layout=data", "cbo:particles=150", true, true},
    {"neural-fit:layout=data", "cbo:particles=150,memory=on,ess=0.3", false, true},
    {"neural-fit:layout=data", "cbo:particles=300,reduce=on", false, true},
    {"neural-fit:layout=data", "cbo:particles=150,correction=heaviside,batch=0.5", false, true},
};

struct Path {
  std::vector<Vector> points;
  std::vector<std::map<std::string, double>> measures;
  std::int64_t oracle_calls = 0, wire_bytes_up = 0, wire_bytes_down = 0;
};

Path path(Communicator& comm, const Variant& variant, const std::string& file) {
  test::Assembly run(comm, variant.problem, variant.method, "none", "none", 1, std::nullopt, variant.data ? file : "",
                     variant.box ? make_box(-2, 3) : nullptr);
  Path out;
  run.ledger = {};
  const auto note = [&] {
    out.points.emplace_back(run.method->point().begin(), run.method->point().end());
    out.measures.push_back(test::measures(*run.method));
  };
  run.method->start(run.z0);
  note();
  for (int k = 0; k < 16; ++k) {
    run.method->iterate();
    note();
  }
  out.oracle_calls = combine(comm, run.ledger.oracle_calls, Reduction::sum);
  out.wire_bytes_up = combine(comm, run.ledger.wire_bytes_up, Reduction::sum);
  out.wire_bytes_down = combine(comm, run.ledger.wire_bytes_down, Reduction::sum);
  return out;
}

TEST(ParticlesBitwise, EveryVariantOnAnyNumberOfRanks) {
  const test::ScratchFile file(test::generate(60, 9, 0.8).text);
  std::vector<Path> reference;
  test::on_simulated(1, [&](Communicator& comm) {
    for (const auto& variant : variants) reference.push_back(path(comm, variant, file.path()));
  });
  test::on_every_world([&](Communicator& comm) {
    for (std::size_t i = 0; i < std::size(variants); ++i) {
      SCOPED_TRACE(std::string(variants[i].problem) + ", " + variants[i].method);
      const auto here = path(comm, variants[i], file.path());
      for (std::size_t k = 0; k < here.points.size(); ++k) {
        const auto& a = here.points[k];
        const auto& b = reference[i].points[k];
        ASSERT_EQ(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)), 0) << "iteration " << k;
        ASSERT_EQ(here.measures[k], reference[i].measures[k]) << "iteration " << k;
      }
      EXPECT_NE(here.points.front(), here.points.back());
      EXPECT_EQ(here.oracle_calls, reference[i].oracle_calls);
      EXPECT_EQ(here.wire_bytes_up, reference[i].wire_bytes_up);
      EXPECT_EQ(here.wire_bytes_down, reference[i].wire_bytes_down);
      EXPECT_TRUE(test::is_same_on_all_ranks(comm, here.points.back()));
    }
  });
}

}  // namespace
}  // namespace vireo
