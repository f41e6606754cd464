#include "app/other_words.hpp"

#include <vector>

#include "vireo/plugins/parameters.hpp"

namespace vireo::app {

namespace {

struct Instead {
  std::vector<std::string> words;
  const char* sentence;
};

const std::vector<Instead>& table() {
  static const std::vector<Instead> all = {
      {{"step", "stepsize", "lr", "learningrate", "gamma", "eta"},
       "a step belongs to its method: --method NAME:step=VALUE"},
      {{"compressor", "compress", "compression", "quantizer", "quantization"},
       "what workers send is compressed by --uplink SPEC, what they receive by --downlink SPEC"},
      {{"fraction", "k", "sparsity"}, "it belongs to the compressor: --uplink randk:fraction=VALUE"},
      {{"probability", "p"}, "it belongs to the method: --method NAME:probability=VALUE"},
      {{"batch", "batchsize", "minibatch"}, "a batch belongs to its method: --method NAME:batch=VALUE"},
      {{"momentum", "inertia"}, "no method here has it; see: vireo list methods"},
      {{"algorithm", "algo", "solver", "optimizer", "optimiser"}, "give --method SPEC"},
      {{"model", "operator", "game", "objective", "loss", "f"}, "give --problem SPEC"},
      {{"dataset", "input", "file", "datafile", "matrix", "in", "libsvm"}, "give --data FILE"},
      {{"prox", "constraint", "constraints", "set", "projection", "g", "reg", "penalty"}, "give --regularizer SPEC"},
      {{"lambda", "l2", "weightdecay"},
       "it belongs to the problem (--problem logistic:lambda=VALUE) or to --regularizer SPEC"},
      {{"nodes", "clients", "agents", "devices", "shards", "parts", "m"}, "give --workers M"},
      {{"ranks", "np", "n", "processes", "nproc", "procs", "mpi"}, "ranks are those of mpirun: mpirun -n P vireo ..."},
      {{"threads", "nthreads", "cores", "jobs", "j"}, "a rank is one thread: mpirun -n P vireo ... takes P processors"},
      {{"iterations", "iters", "niter", "maxiter", "maxiters", "epochs", "rounds", "steps", "t"},
       "give --max-iterations N"},
      {{"evaluations", "maxevaluations", "maxevals", "oracles"}, "give --max-oracle-calls N"},
      {{"time", "timeout", "maxtime", "walltime", "timelimit", "seconds"}, "give --max-seconds TIME"},
      {{"bytes", "maxbytes", "budget"}, "give --max-wire-bytes BYTES"},
      {{"tol", "eps", "epsilon", "atol", "abstol", "accuracy", "precision"}, "give --tolerance VALUE"},
      {{"rtol", "reltol"}, "give --relative-tolerance VALUE"},
      {{"gap", "gaptol", "dualgap"}, "give --gap-tolerance VALUE"},
      {{"output", "out", "o", "log", "logfile", "history", "results", "save"},
       "give --trace FILE.h5 for the history and the solution, or --checkpoint FILE.h5 to go on from"},
      {{"restart", "continue", "resumefrom", "warmstart"},
       "give --resume auto with --checkpoint FILE, or: vireo resume FILE"},
      {{"x0", "z0", "start", "init", "startingpoint", "initialpoint"}, "give --initial TRACE.h5"},
      {{"every", "logevery", "printevery", "frequency", "interval"},
       "give --trace-every K, --check-every K or --checkpoint-every TIME"},
      {{"randomseed", "randomstate", "rng"}, "give --seed N"},
      {{"force", "clobber", "replace"}, "give --overwrite"},
      {{"silent", "q", "s"}, "give --quiet"},
      {{"verbose", "v", "debug"}, "a run shows its progress unless --quiet is given"},
      {{"conf", "cfg", "configuration", "settings", "ini"}, "give --config FILE"},
      {{"dtype", "float32", "double", "single"},
       "all computing is in float64; see rounding in: vireo list compressors"},
      {{"gpu", "cuda", "device"}, "Vireo runs on processors"},
      {{"latency", "bandwidth"}, "a network is simulated by --simulate P and its options; see: vireo solve --help"},
  };
  return all;
}

}  // namespace

std::string instead_of(const std::string& option) {
  for (const auto& [words, sentence] : table())
    if (is_one_of(option, words)) return sentence;
  return {};
}

}  // namespace vireo::app
