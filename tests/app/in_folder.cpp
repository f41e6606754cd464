#include "app/in_folder.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "app/exit_codes.hpp"
#include "app/subcommands.hpp"
#include "vireo/comm/simulated.hpp"

namespace vireo::test {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

}  // namespace

void InFolder::SetUp() {
  before_ = fs::current_path();
  fs::current_path(folder_);
}

void InFolder::TearDown() { fs::current_path(before_); }

Ended InFolder::run(const std::vector<std::string>& words, int ranks) {
  const auto registry = Registry::builtin();
  Ended ended;
  ::testing::internal::CaptureStdout();
  try {
    run_simulated(ranks, {}, [&](Communicator& world) {
      const auto code =
          app::find_subcommand(words.front())->run({world, registry, {words.begin() + 1, words.end()}, words});
      if (world.rank() == 0) ended.code = static_cast<int>(code);
    });
  } catch (const Error& error) {
    ended.code = static_cast<int>(app::exit_code_of(error.kind()));
    ended.error = error.what();
  }
  for (const auto& word : words_of(::testing::internal::GetCapturedStdout()))
    ended.output += (ended.output.empty() ? "" : " ") + word;
  return ended;
}

Ended InFolder::run(const std::string& words, int ranks) {
  const auto has = [&](const char* word) { return words.find(word) != std::string::npos; };
  const bool every_row = words.starts_with("solve ") && has("--trace ") && !has("--trace-every");
  return run(words_of(words + (every_row ? " --trace-every 1" : "")), ranks);
}

void InFolder::refuses(int code, const std::string& words, const std::string& text, int ranks) const {
  const auto before = content();
  const auto ended = run(words, ranks);
  EXPECT_EQ(ended.code, code) << words;
  EXPECT_THAT(ended.error, ::testing::HasSubstr(text)) << words;
  EXPECT_EQ(ended.error.find('\n'), std::string::npos) << words;
  EXPECT_TRUE(content() == before) << words;
}

std::string InFolder::ends(const std::string& words, int ranks) {
  const auto ended = run(words, ranks);
  EXPECT_EQ(ended.code, 5) << words << "\n" << ended.error;
  return ended.output;
}

std::map<std::string, std::string> InFolder::content() const {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder_))
    out[entry.path().lexically_relative(folder_)] =
        entry.is_symlink() ? "-> " + fs::read_symlink(entry.path()).string()
                           : (entry.is_regular_file() ? read(entry.path()) : std::string());
  return out;
}

void InFolder::write(const std::string& name, const std::string& text) {
  std::ofstream(name, std::ios::binary) << text;
}

std::string InFolder::read(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace vireo::test
