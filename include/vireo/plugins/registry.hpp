#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "vireo/compressors/compressor.hpp"
#include "vireo/core/error.hpp"
#include "vireo/methods/method.hpp"
#include "vireo/plugins/parameters.hpp"
#include "vireo/problems/problem.hpp"
#include "vireo/regularizers/regularizer.hpp"

namespace vireo {

/// What every plug-in says of itself: `vireo list` prints it, the command line is checked against it.
struct PlugIn {
  std::string name;                   ///< what a spec begins with
  std::string summary;                ///< one line: what it is and when to use it
  std::string formula;                ///< the operator, map or iteration
  std::string reference;              ///< where it comes from
  std::vector<Parameter> parameters;  ///< in the order in which they are listed
};

/// The plug-ins of one kind, by name.
template <class Entry>
class Catalog {
 public:
  /// kind: for messages, such as "method"
  explicit Catalog(std::string kind) : kind_(std::move(kind)) {}

  /// a name twice is a defect of the program: throws Error(internal)
  void add(Entry entry) {
    for (const auto& known : entries_)
      if (known.name == entry.name)
        throw Error(ExitCode::internal, kind_ + " '" + entry.name + "' is registered twice");
    entries_.push_back(std::move(entry));
  }
  /// in the order in which they were added
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// "problem", "method", ...
  [[nodiscard]] const std::string& kind() const { return kind_; }

  /// throws UsageError that names the nearest known one
  [[nodiscard]] const Entry& find(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& entry : entries_) {
      if (entry.name == name) return entry;
      names.push_back(entry.name);
    }
    const auto near = nearest(name, names);
    throw UsageError("unknown " + kind_ + " '" + name + "'" +
                     (near.empty() ? "; see: vireo list " + kind_ + "s" : "; did you mean '" + near + "'?"));
  }

 private:
  std::string kind_;
  std::vector<Entry> entries_;
};

/// The name that catalogs had before.
template <class Entry>
using Shelf = Catalog<Entry>;

/// A problem, for the setting `problem`. `make` is collective: every rank builds the shards of its own workers.
struct ProblemPlugIn : PlugIn {
  bool needs_data = false;     ///< a data file must be given
  bool takes_data = false;     ///< a data file may be given, but need not: it depends on the parameters
  Index default_workers = 64;  ///< M where the user names none, at most n
  /// builds it; throws UsageError or DataError
  std::function<ProblemPointer(const Parameters&, const ProblemContext&)> make;
};

/// A method, for the setting `method`.
struct MethodPlugIn : PlugIn {
  std::string default_return = "last";  ///< last, average or best
  Needs needs = Needs::an_operator;     ///< of the problem; the method itself refuses what lacks it
  /// Whether the constants `similarity` and `similarity_first`, which take time to find, are needed; null: never
  std::function<bool(const Parameters&)> needs_similarity{};
  /// builds it, or throws UsageError; also called to check parameters, before constants are known
  std::function<MethodPointer(const Parameters&, MethodContext)> make;
};

/// A compressor, for the settings `uplink` and `downlink`, and in brackets.
struct CompressorPlugIn : PlugIn {
  /// the catalog is for compressors that are made of others
  std::function<CompressorPointer(const Parameters&, const Catalog<CompressorPlugIn>&)> make;
};

/// A regularizer or the indicator of a set, for the setting `regularizer`.
struct RegularizerPlugIn : PlugIn {
  /// g on a block of `size` coordinates
  std::function<RegularizerPointer(const Parameters&, Index size)> make;
};

/// Everything a run can be put together from. One registry feeds parsing, checks and `vireo list`.
class Registry {
 public:
  Catalog<ProblemPlugIn> problems{"problem"};
  Catalog<MethodPlugIn> methods{"method"};
  Catalog<CompressorPlugIn> compressors{"compressor"};
  Catalog<RegularizerPlugIn> regularizers{"regularizer"};

  /// What Vireo brings along
  static Registry builtin();
};

/// The compressor that a spec names; throws UsageError as parsing, `find` and `make` do
[[nodiscard]] CompressorPointer make_compressor(const Catalog<CompressorPlugIn>& catalog, const std::string& spec_text);

/// What Vireo brings along, by folder
void register_problems(Registry& registry);
/// likewise
void register_methods(Registry& registry);
/// likewise
void register_compressors(Registry& registry);
/// likewise
void register_regularizers(Registry& registry);

}  // namespace vireo
