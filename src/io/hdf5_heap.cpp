#include "io/hdf5_heap.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "vireo/core/error.hpp"

namespace vireo::hdf5 {

namespace {

constexpr std::size_t window = std::size_t{16} << 20U;
constexpr std::size_t overlap = 32;  // more than a reference has, and than a heap's first words

template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(Number));
  return value;
}

/// Calls visit(where a piece begins, its bytes) for all of the file but what is skipped; pieces overlap.
template <class Visit>
void in_pieces(const io::FileDescriptor& file, const std::vector<Range>& skipped, Visit&& visit) {
  std::string buffer;
  const auto look = [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; at += window) {
      buffer.resize(std::min(end, at + window + overlap) - at);
      const auto got = file.read_at(buffer.data(), buffer.size(), at);
      visit(at, std::string_view(buffer).substr(0, got));
    }
  };
  std::size_t at = 0;
  for (const auto& range : skipped) {
    if (range.begin > at) look(at, range.begin);
    at = std::max<std::size_t>(at, range.end);
  }
  look(at, file.size());
}

/// The size of each text in the heap at `place`, by its number
std::map<std::uint32_t, std::size_t> texts_of(const io::FileDescriptor& file, std::size_t place) {
  constexpr std::size_t head = 16, most = 1 << 24;
  std::string buffer(head, '\0');
  if (file.read_at(buffer.data(), head, place) < head) return {};
  buffer.resize(std::min<std::size_t>(number_at<std::uint64_t>(buffer, 8), most));
  buffer.resize(file.read_at(buffer.data(), buffer.size(), place));
  std::map<std::uint32_t, std::size_t> texts;
  for (std::size_t at = head; at + head <= buffer.size();) {
    const auto number = number_at<std::uint16_t>(buffer, at);
    const auto size = number_at<std::uint64_t>(buffer, at + 8);
    if (number == 0 || size > buffer.size()) break;
    texts[number] = size;
    at += head + (size + 7) / 8 * 8;
  }
  return texts;
}

/// The room that the library makes for a text of so many bytes: none to spare for one, else whole pages.
std::size_t room_for(std::size_t length) {
  constexpr std::size_t page = 4096;
  return length <= 1 ? length : (length / page + 1) * page;
}

}  // namespace

void check_heaps(const io::FileDescriptor& file, const std::string& named, std::size_t first,
                 std::vector<Range> skipped) {
  std::ranges::sort(skipped, {}, &Range::begin);
  std::map<std::size_t, std::map<std::uint32_t, std::size_t>> heaps;
  in_pieces(file, skipped, [&](std::size_t begin, std::string_view bytes) {
    constexpr std::string_view mark = "GCOL\1";
    for (auto at = bytes.find(mark); at != std::string_view::npos; at = bytes.find(mark, at + 1))
      if (begin + at >= first) heaps[begin + at] = texts_of(file, begin + at);
  });
  in_pieces(file, skipped, [&](std::size_t, std::string_view bytes) {
    for (const auto& [place, texts] : heaps) {
      const std::uint64_t address = place - first;
      const std::string_view wanted(reinterpret_cast<const char*>(&address), sizeof address);
      for (auto at = bytes.find(wanted, 4); at != std::string_view::npos; at = bytes.find(wanted, at + 1)) {
        if (at + 12 > bytes.size()) break;
        const auto length = number_at<std::uint32_t>(bytes, at - 4);
        const auto text = texts.find(number_at<std::uint32_t>(bytes, at + 8));
        if (length > 0 && text != texts.end() && text->second > room_for(length))
          throw DataError(named + ": a text is longer than it says: the file is damaged, or made to do harm");
      }
    }
  });
}

}  // namespace vireo::hdf5
