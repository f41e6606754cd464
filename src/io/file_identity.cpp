#include "io/file_identity.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <vector>

#include "io/text_file.hpp"
#include "vireo/core/error.hpp"

namespace vireo::io {

namespace {

void check(int done) {
  if (done != 1) throw Error(ErrorKind::internal, "libcrypto does not compute a SHA-256");
}

std::string sha256(const TextFile& file) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  check(context != nullptr ? EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) : 0);
  std::vector<char> buffer(std::size_t{1} << 20);
  for (std::uint64_t at = 0;;) {
    const auto got = file.read(at, buffer);
    check(EVP_DigestUpdate(context.get(), buffer.data(), got));
    at += got;
    if (got < buffer.size()) break;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context.get(), digest.data(), &size));
  std::string text;
  for (const auto byte : std::span(digest).first(size)) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

FileIdentity identify(const std::string& path) {
  const TextFile file(path, Bytes::all);
  return {path, static_cast<std::int64_t>(file.bytes()), sha256(file)};
}

std::string difference_from(const FileIdentity& known) {
  const TextFile file(known.path, Bytes::all);
  const auto bytes = static_cast<std::int64_t>(file.bytes());
  if (bytes != known.bytes) return fmt::format("it has {} bytes, and had {}", bytes, known.bytes);
  const auto found = sha256(file);
  return found == known.sha256 ? "" : fmt::format("its SHA-256 is {}, and was {}", found, known.sha256);
}

}  // namespace vireo::io
