// A method knows a problem, an exchange and compressors: no file of methods or compressors includes MPI or HDF5.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>

namespace {

TEST(Headers, NoMethodOrCompressorSeesMpiOrHdf5) {
  const std::regex forbidden(
      R"(#\s*include\s*[<"](mpi\.h|hdf5\.h|H5[A-Za-z]*\.h|vireo/io/.*|vireo/comm/mpi\.hpp|comm/.*|io/.*)[>"])");
  int files = 0;
  for (const char* folder : {"src/methods", "include/vireo/methods", "compressors", "include/vireo/compressors"})
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(VIREO_SOURCE) / folder)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
      ++files;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);)
        EXPECT_FALSE(std::regex_search(line, forbidden)) << entry.path() << ": " << line;
    }
  EXPECT_GE(files, 10);
}

}  // namespace
