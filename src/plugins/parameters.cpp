#include "vireo/plugins/parameters.hpp"

#include <algorithm>
#include <cctype>

#include "core/printable.hpp"
#include "vireo/core/error.hpp"

namespace vireo {
namespace {

/// Keys, and what else the field calls the same thing
struct OtherNames {
  const char* key;
  std::vector<std::string> names;
};
const std::vector<OtherNames>& other_names() {
  static const std::vector<OtherNames> all = {
      {"step", {"stepsize", "lr", "learningrate", "gamma", "eta", "alpha", "tau"}},
      {"probability", {"p", "prob", "refreshprobability"}},
      {"fraction", {"k", "frac", "ratio", "sparsity", "density"}},
      {"batch", {"b", "batchsize", "minibatch"}},
      {"L", {"lipschitz", "smoothness"}},
      {"lambda", {"reg", "regularization", "regularisation", "l2", "weightdecay", "mu"}},
      {"dimension", {"d", "dim", "n", "size"}},
      {"components", {"n", "samples", "nsamples"}},
      {"condition", {"kappa", "cond", "conditionnumber"}},
      {"seed", {"randomseed", "randomstate"}},
      {"particles", {"n", "nparticles", "population", "N"}},
      {"participants", {"clients", "cohort", "c"}},
      {"levels", {"s", "bits", "nlevels"}},
      {"bits", {"nbits", "precision"}},
      {"delta", {"similarity"}},
      {"radius", {"r"}},
  };
  return all;
}

UsageError unknown_key(const std::string& kind, const Spec& spec, const std::string& key,
                       const std::vector<Parameter>& known) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& parameter : known) {
    names.push_back(parameter.name);
    list += (list.empty() ? "" : ", ") + parameter.name;
  }
  const auto text = "unknown key '" + printable(key) + "' of " + kind + " '" + printable(spec.name) + "'";
  for (const auto& [own, others] : other_names())
    if (is_one_of(own, names) && is_one_of(key, others)) return UsageError(text + ": it is called '" + own + "' here");
  const auto near = nearest(key, names);
  if (!near.empty()) return UsageError(text + "; did you mean '" + near + "'?");
  return UsageError(text + (list.empty() ? ", which has no parameters" : "; it has: " + list));
}

}  // namespace

Parameters::Parameters(const std::string& kind, const Spec& spec, const std::vector<Parameter>& known)
    : name_(spec.name) {
  std::map<std::string, std::string> given;
  for (const auto& [key, value] : spec.values) {
    if (std::none_of(known.begin(), known.end(),
                     [&wanted = key](const Parameter& parameter) { return parameter.name == wanted; }))
      throw unknown_key(kind, spec, key, known);
    if (!given.emplace(key, value).second) throw UsageError(spec.name + ": key '" + key + "' is given twice");
  }
  for (const auto& parameter : known) {
    const auto found = given.find(parameter.name);
    std::string value;
    if (found != given.end()) {
      value = parameter.checked(spec.name, found->second);
      given_.insert(parameter.name);
    } else if (!parameter.fallback.empty()) {
      try {
        value = parameter.checked(spec.name, parameter.fallback);
      } catch (const UsageError& error) {
        throw Error(ErrorKind::internal, std::string("a default is wrong: ") + error.what());
      }
    } else {
      continue;
    }
    ordered_.emplace_back(parameter.name, value);
    values_[parameter.name] = std::move(value);
  }
}

const std::string& Parameters::at(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw Error(ErrorKind::internal, name_ + ": parameter '" + name + "' has no value");
  return found->second;
}

bool Parameters::has(const std::string& name) const {
  const auto found = values_.find(name);
  return found != values_.end() && found->second != "auto";
}

double Parameters::real(const std::string& name) const {
  try {
    return parse_real(name_ + ": " + name, at(name));
  } catch (const UsageError& error) {  // the user's text was checked, so this is "auto" or another kind of parameter
    throw Error(ErrorKind::internal, error.what());
  }
}

Index Parameters::integer(const std::string& name) const {
  std::int64_t value = 0;
  try {
    value = parse_integer(name_ + ": " + name, at(name));
  } catch (const UsageError& error) {
    throw Error(ErrorKind::internal, error.what());
  }
  if (value < 0) throw Error(ErrorKind::internal, name_ + ": parameter '" + name + "' is negative");
  return static_cast<Index>(value);
}

bool Parameters::flag(const std::string& name) const {
  const auto& value = at(name);
  if (value != "on" && value != "off")
    throw Error(ErrorKind::internal, name_ + ": parameter '" + name + "' is not a flag");
  return value == "on";
}

const std::string& Parameters::text(const std::string& name) const { return at(name); }

Step Parameters::step(const std::string& name) const {
  auto text = at(name);
  if (text == "auto") return {};
  const bool multiple = text.back() == 'x';
  // what is no number was checked to be a name; so was the number, which begins with a digit, a sign or a point
  if (std::isalpha(static_cast<unsigned char>(text.front())) != 0) return {.factor = 1, .value = 0, .rule = text};
  if (multiple) text.pop_back();
  try {
    const double value = parse_real(name_ + ": " + name, text);
    return multiple ? Step{.factor = value, .value = 0, .rule = {}} : Step{.factor = 1, .value = value, .rule = {}};
  } catch (const UsageError& error) {
    throw Error(ErrorKind::internal, error.what());
  }
}

Spec Parameters::resolved() const { return {.name = name_, .values = ordered_}; }

}  // namespace vireo
