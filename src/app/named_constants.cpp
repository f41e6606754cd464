#include "app/named_constants.hpp"

#include <array>

#include "storage/trace_reader.hpp"

namespace vireo::app {

namespace {

struct Member {
  const char* name;
  std::optional<Constant> Constants::*member;
};

constexpr std::array members{
    Member{"L", &Constants::L},
    Member{"L_tilde", &Constants::L_tilde},
    Member{"L_component", &Constants::L_component},
    Member{"mu", &Constants::mu},
    Member{"cocoercivity", &Constants::cocoercivity},
    Member{"cocoercivity_component", &Constants::cocoercivity_component},
    Member{"similarity", &Constants::similarity},
    Member{"similarity_first", &Constants::similarity_first},
    Member{"L_ms", &Constants::L_ms},
};

/// Attribute of constants that hold for points in the domain of g alone
constexpr const char* hold_in = "constants_hold_in";
constexpr const char* the_domain = "the domain of g";

Origin origin_of(const std::string& text) {
  for (const auto origin : {Origin::computed, Origin::bounded, Origin::given})
    if (text == to_string(origin)) return origin;
  return Origin::estimated;
}

}  // namespace

std::vector<NamedConstant> named(const Constants& constants) {
  std::vector<NamedConstant> out;
  for (const auto& [name, member] : members)
    if (const auto& constant = constants.*member) out.push_back({name, *constant});
  return out;
}

bool rests_on_estimates(const Constants& constants) {
  for (const auto& [name, constant] : named(constants))
    if (constant.origin == Origin::estimated) return true;
  return false;
}

hdf5::Attributes attributes_of(const Constants& constants) {
  hdf5::Attributes out;
  for (const auto& [name, constant] : named(constants)) {
    out.emplace_back(name, constant.value);
    out.emplace_back(name + "_origin", to_string(constant.origin));
  }
  if (constants.in_domain_only) out.emplace_back(hold_in, std::string(the_domain));
  return out;
}

Constants constants_of(const hdf5::Attributes& attributes) {
  Constants out;
  for (const auto& [name, member] : members)
    if (const auto value = trace::real(attributes, name))
      out.*member = Constant{*value, origin_of(trace::text(attributes, std::string(name) + "_origin"))};
  out.in_domain_only = trace::text(attributes, hold_in) == the_domain;
  return out;
}

}  // namespace vireo::app
