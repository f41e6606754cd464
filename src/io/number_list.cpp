#include "io/number_list.hpp"

#include "io/file_kind.hpp"
#include "io/text_agreement.hpp"
#include "io/text_lines.hpp"
#include "io/text_numbers.hpp"
#include "io/text_stream.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {
namespace {

Vector read_numbers(const std::string& path) {
  const TextFile file(path);
  TextStream text(path, file);
  if (const auto kind = file_kind(file); !kind.empty() && !text.compressed())
    throw DataError(path + ": is " + kind + ", not a text with one number a line");
  WholeLines lines([&](std::span<char> out) { return text.read(out); }, std::size_t{1} << 16);
  Vector numbers;
  std::uint64_t line_number = 0;
  for (std::string_view block = lines.next(); !block.empty(); block = lines.next()) {
    while (!block.empty()) {
      const auto end = std::min(block.find('\n'), block.size());
      const auto line = trimmed(block.substr(0, std::min(block.find('#'), end)));
      block.remove_prefix(std::min(end + 1, block.size()));
      ++line_number;
      if (line.empty()) continue;
      double value = 0;
      if (const auto trouble = read_number(line, value); !trouble.empty())
        throw DataError(path + ":" + std::to_string(line_number) + ": " + trouble);
      numbers.push_back(value);
    }
  }
  if (numbers.empty()) throw DataError(path + ": no numbers in it");
  return numbers;
}

}  // namespace

Vector read_number_list(Communicator& comm, const std::string& path) {
  Vector numbers;
  together(comm, [&] {
    if (comm.rank() == 0) numbers = read_numbers(path);
  });
  std::int64_t count = static_cast<std::int64_t>(numbers.size());
  comm.broadcast(std::as_writable_bytes(std::span(&count, 1)), 0);
  numbers.resize(static_cast<Index>(count));
  comm.broadcast(std::as_writable_bytes(std::span(numbers)), 0);
  return numbers;
}

}  // namespace vireo::io
