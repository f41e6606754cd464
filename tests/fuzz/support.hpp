#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "vireo/core/error.hpp"

/// What the fuzz targets share.
namespace vireo::fuzz {

/// Ends the process as a finding, which libFuzzer keeps the input of.
inline void require(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "vireo fuzz: %s\n", what.c_str());
  std::abort();
}

/// An error's text must be one line that is fit for a terminal, and not grow with what is wrong.
inline void require_one_line(std::string_view text) {
  require(!text.empty(), "an error without a text");
  require(text.size() < 2000, "an error of " + std::to_string(text.size()) + " bytes");
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    require(byte >= 0x20 && byte != 0x7f, "an error with a control character: " + std::string(text));
  }
}

/// A file that each input's bytes are put into, gone at the end of the process (run.sh removes what a finding leaves).
class ScratchFile {
 public:
  ScratchFile() : path_(std::filesystem::temp_directory_path() / ("vireo-fuzz-" + std::to_string(::getpid()))) {}
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { ::unlink(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }
  void put(std::string_view content) const {
    std::ofstream out(path_, std::ios::binary);
    out << content;
    require(out.flush().good(), "the scratch file cannot be written");
  }
  [[nodiscard]] std::string content() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::string path_;
};

}  // namespace vireo::fuzz
