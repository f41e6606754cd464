#include "methods/announcer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "vireo/core/error.hpp"

namespace vireo::methods {
namespace {

const std::string automatic = "auto";
const std::string natural = "natural";

constexpr double most_left_over = 0.5;
constexpr double exact_ones_share = 0.1;  // of the bytes

CompressorPointer unless_identity(const CompressorPointer& compressor) {
  return compressor && compressor->identity() ? nullptr : compressor;
}

/// eps of a compressor that announces
void require_remainder(const CompressorTheory& theory, bool allow_unproven, const std::string& method) {
  if (relative_error(theory) < 1 || allow_unproven) return;
  throw UsageError("method " + method,
                   "snapshot: a compressor that leaves less than it is given is needed, contractive or unbiased "
                   "with q < 2, such as rounding; --allow-unproven runs it all the same");
}

}  // namespace

Parameter Announcer::parameter() {
  return Parameter::spec("snapshot", automatic,
                         "compressor, such as [rounding:bits=16], by which F_m(w) and F(w) are announced both ways; "
                         "none: exactly; auto: with step=adaptive as the messages, or by natural where theirs is too "
                         "coarse")
      .formerly("none");
}

Announcer::Announcer(const Parameters& parameters, const MethodContext& context) : spec_(parameters.text("snapshot")) {
  if (spec_ == "none") return;
  if (spec_ != automatic) {
    channel_.uplink = channel_.downlink = unless_identity(context.make_compressor(spec_));
    return;
  }
  messages_ = context.channel;
  natural_ = context.make_compressor(natural);
  if (parameters.step("step").rule.empty()) return;
  up_ = choose(messages_.uplink, context);
  down_ = choose(messages_.downlink, context);
  take_choices();
}

Announcer::Choice Announcer::choose(const CompressorPointer& messages, const MethodContext& context) {
  const auto theory = theory_of(unless_identity(messages), context.exchange);
  if (theory.density >= 1) return Choice::exactly;
  return theory.draws == CompressorTheory::Draws::independent && relative_error(theory) <= most_left_over
             ? Choice::as_messages
             : Choice::natural;
}

void Announcer::take_choices() {
  const auto compressor = [&](Choice choice, const CompressorPointer& messages) -> CompressorPointer {
    if (choice == Choice::exactly) return nullptr;
    return choice == Choice::as_messages ? messages : natural_;
  };
  channel_ = {compressor(up_, messages_.uplink), compressor(down_, messages_.downlink)};
}

double Announcer::density(const ChannelTheory& channel, const Exchange& exchange) const {
  const bool of_uplink = channel.up.density < 1;
  return std::min(1.0, theory_of(of_uplink ? channel_.uplink : channel_.downlink, exchange).density);
}

ChannelTheory Announcer::theory(const MethodContext& context, const std::string& method) const {
  const ChannelTheory theory{theory_of(channel_.uplink, context.exchange),
                             theory_of(channel_.downlink, context.exchange)};
  require_remainder(theory.up, context.allow_unproven, method);
  require_remainder(theory.down, context.allow_unproven, method);
  return theory;
}

void Announcer::space_exact_ones(double share, double density, double probability) {
  if (spec_ != automatic || !compresses()) return;
  // from one announcement to the next an exact one is 1 - density dearer, the others cost share / probability + density
  const double others = share / probability + density;
  exact_every_ = std::max<std::int64_t>(1, std::llround(std::min(1e9, (1 - density) / (exact_ones_share * others))));
}

void Announcer::list_state(StateList& state) {
  if (spec_ != automatic) return;
  const auto list = [&](const char* name, Choice& choice) {
    auto number = static_cast<std::int64_t>(choice);
    state.scalar(name, number);
    choice = static_cast<Choice>(number);
  };
  list("announced_up", up_);
  list("announced_down", down_);
  state.scalar("exact_every", exact_every_);
  take_choices();
}

std::string Announcer::text() const {
  if (!compresses()) return {};
  if (spec_ != automatic) return "announced by " + spec_;
  const auto by = [](Choice choice) {
    if (choice == Choice::exactly) return "exactly";
    return choice == Choice::as_messages ? "as the messages" : "by natural";
  };
  return fmt::format("announced {} up, {} down; one in {} exactly", by(up_), by(down_), exact_every_);
}

}  // namespace vireo::methods
