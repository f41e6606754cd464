#include "app/resume_option.hpp"

#include "core/printable.hpp"
#include "vireo/core/error.hpp"

namespace vireo::app {

Option resume_option() {
  return {"resume", "auto",
          "go on from --checkpoint if there is one, else begin; a checkpoint of another run is refused; never (the "
          "default): begin"};
}

bool resume_if_possible(const GivenOptions& given, const Configuration& configuration) {
  const auto* const resume = given.find("resume");
  if (resume == nullptr) return false;
  if (resume->text != "auto" && resume->text != "never")
    throw UsageError(resume->where + ": '" + printable(resume->text) + "' is not one of auto, never");
  if (resume->text == "auto" && configuration.checkpoint.empty())
    throw UsageError(resume->where + ": looks for " + configuration.origins.of("checkpoint") + ", which is not given");
  return resume->text == "auto";
}

}  // namespace vireo::app
