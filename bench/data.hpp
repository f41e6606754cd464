#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "vireo/core/error.hpp"
#include "vireo/core/random.hpp"

/// Data that the benches work on.
namespace vireo::bench {

/// LIBSVM text like that of w8a: 300 features, 11.65 of them present in a row, all 1; how often a feature occurs falls
/// off linearly.
inline std::string w8a_like(Index rows) {
  constexpr Index features = 300;
  constexpr double entries_per_row = 11.65;
  random::Stream stream({.seed = 1});
  std::string text;
  for (Index i = 0; i < rows; ++i) {
    text += stream.below(30) == 0 ? "1" : "-1";
    for (Index j = 0; j < features; ++j) {
      const double place = (static_cast<double>(j) + 0.5) / static_cast<double>(features);
      if (stream.uniform() < 2 * entries_per_row / static_cast<double>(features) * (1 - place))
        text += " " + std::to_string(j + 1) + ":1";
    }
    text += "\n";
  }
  return text;
}
inline constexpr Index w8a_rows = 49749;

/// A file that lives as long as this object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes)
      : path_(std::filesystem::temp_directory_path() /
              ("vireo-bench-" + std::to_string(::getpid()) + "-" + std::to_string(made_++))) {
    std::ofstream file(path_, std::ios::binary);
    if (!(file << bytes).flush()) throw IoError("cannot write " + path_.string());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  static inline int made_ = 0;
  std::filesystem::path path_;
};

/// Path of a real data file: in the folder that the environment variable VIREO_DATA names, else beside the sources;
/// empty if it is not there.
inline std::string real_data(const std::string& name) {
  const char* const given = std::getenv("VIREO_DATA");
  const auto path = std::filesystem::path(given != nullptr ? given : VIREO_DATA_DEFAULT) / name;
  return std::filesystem::exists(path) ? path.string() : std::string{};
}

}  // namespace vireo::bench
