#include "core/printable.hpp"
#include "vireo/core/error.hpp"
#include "vireo/plugins/parameters.hpp"

namespace vireo {
namespace {

bool is_name_character(char c) {
  return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') || c == '_' || c == '.' || c == '-';
}

constexpr std::size_t most_levels = 64;

/// Reads one spec from left to right.
class Reader {
 public:
  explicit Reader(const std::string& text) : text_(text) {}

  Spec read() {
    if (peek('[')) {  // brackets around the whole
      const auto inner = bracketed();
      if (!at_end()) fail("unexpected text after ']'");
      return Reader(inner).read_plain();  // one pair only: no recursion that the user's text decides on
    }
    return read_plain();
  }

 private:
  Spec read_plain() {
    Spec spec;
    spec.name = word("a name");
    if (at_end()) return spec;
    expect(':', "':' or the end");
    for (;;) {
      auto key = word("a key");
      expect('=', "'='");
      spec.values.emplace_back(std::move(key), value());
      if (at_end()) return spec;
      expect(',', "',' or the end");
    }
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw UsageError("'" + printable(text_) + "', character " + std::to_string(at_ + 1) + ": " + problem);
  }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] bool peek(char c) const { return !at_end() && text_[at_] == c; }
  [[nodiscard]] std::string found() const { return at_end() ? "the end" : "'" + printable(text_.substr(at_, 1)) + "'"; }

  void expect(char c, const std::string& what) {
    if (!peek(c)) fail("expected " + what + ", found " + found());
    ++at_;
  }
  std::string word(const std::string& what) {
    const auto begin = at_;
    while (!at_end() && is_name_character(text_[at_])) ++at_;
    if (at_ == begin) fail("expected " + what + ", found " + found());
    return text_.substr(begin, at_ - begin);
  }
  std::string value() {
    if (peek('[')) return bracketed();
    const auto begin = at_;
    while (!at_end() && text_[at_] != ',') {
      if (peek('=') || peek('[') || peek(']'))
        fail("unexpected " + found() + " in a value (a spec as value needs brackets)");
      ++at_;
    }
    if (at_ == begin) fail("expected a value, found " + found());
    return text_.substr(begin, at_ - begin);
  }
  std::string bracketed() {
    const auto opening = at_;
    std::size_t depth = 0;
    for (; !at_end(); ++at_) {
      // plug-ins read what is within brackets in turn, each level on top of the one around it
      if (peek('[') && ++depth > most_levels) fail("nested more than " + std::to_string(most_levels) + " levels deep");
      if (peek(']') && --depth == 0) {
        ++at_;
        return text_.substr(opening + 1, at_ - opening - 2);
      }
    }
    at_ = opening;
    fail("'[' is never closed");
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace

Spec Spec::parse(const std::string& text) { return Reader(text).read(); }

std::string Spec::text() const {
  std::string out = name;
  char separator = ':';
  for (const auto& [key, value] : values) {
    const bool brackets = value.empty() || value.find_first_of(",:=[]") != std::string::npos;
    out += separator + key + "=" + (brackets ? "[" + value + "]" : value);
    separator = ',';
  }
  return out;
}

}  // namespace vireo
