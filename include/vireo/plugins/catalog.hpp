#pragma once

#include <string>
#include <utility>
#include <vector>

#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {

/// What every plug-in says of itself. `vireo list` prints it, and the command line is checked against it.
struct PlugIn {
  std::string name;                   ///< the name, with which a spec begins
  std::string summary;                ///< one line: what it is and when to use it
  std::string formula;                ///< the operator, map or iteration
  std::string reference;              ///< the paper or book that it comes from
  std::vector<Parameter> parameters;  ///< its parameters, in the order in which they are listed
  /// What else the field calls it, for the message to who gives that name
  std::vector<std::string> also_called{};
};

/// The plug-ins of one kind, by name.
template <class Entry>
class Catalog {
 public:
  /// `kind` is the kind of the plug-ins for messages, such as "method".
  explicit Catalog(std::string kind) : kind_(std::move(kind)) {}

  /// Adds a plug-in. A second one of the same name is a defect of the program, and throws Error(internal).
  void add(Entry entry) {
    for (const auto& known : entries_)
      if (known.name == entry.name)
        throw Error(ErrorKind::internal, kind_ + " '" + entry.name + "' is registered twice");
    entries_.push_back(std::move(entry));
  }
  /// All plug-ins, in the order in which they were added
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  /// The kind, such as "method"
  [[nodiscard]] const std::string& kind() const { return kind_; }

  /// The plug-in of that name. Throws UsageError that names the one that others call so, or the nearest known one.
  [[nodiscard]] const Entry& find(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& entry : entries_) {
      if (entry.name == name) return entry;
      names.push_back(entry.name);
    }
    for (const auto& entry : entries_)
      if (is_one_of(name, entry.also_called))
        throw UsageError("unknown " + kind_ + " '" + name + "': it is called '" + entry.name + "' here");
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

}  // namespace vireo
