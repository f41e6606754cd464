#include "storage/checkpoint_seal.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "io/device_error.hpp"
#include "io/file_descriptor.hpp"
#include "io/file_kind.hpp"
#include "storage/trace_reader.hpp"
#include "vireo/comm/collectively.hpp"
#include "vireo/core/error.hpp"
#include "vireo/core/layout.hpp"

namespace vireo::checkpoint {

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr std::string_view magic = "vireo-checkpoint ";

using Digest = XXH128_canonical_t;

std::string hexadecimal(std::span<const unsigned char> bytes) {
  std::string out;
  for (const auto byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

/// The XXH3-128 of the XXH3-128s of the blocks of 1 MiB (the last one may be shorter) that follow the seal: a number of
/// the file's content alone, whatever number of ranks computes it. Empty if the file ends before `bytes`.
std::optional<std::string> digest(Communicator& comm, const std::string& path, std::size_t bytes) {
  const Index body = bytes - seal_bytes;
  const Index blocks = (body + block_bytes - 1) / block_bytes;
  const auto ranks = static_cast<Index>(comm.size());
  const Range mine = part_of(blocks, ranks, static_cast<Index>(comm.rank()));
  std::vector<Digest> digests(blocks);
  std::int64_t complete = 1;
  collectively(comm, [&] {
    const io::FileDescriptor file(path, O_RDONLY, "read it");
    std::vector<char> buffer(std::min(body, block_bytes));
    for (Index b = mine.begin; b < mine.end; ++b) {
      const auto wanted = std::min(block_bytes, body - b * block_bytes);
      if (file.read_at(buffer.data(), wanted, seal_bytes + b * block_bytes) < wanted) complete = 0;
      XXH128_canonicalFromHash(&digests[b], XXH3_128bits(buffer.data(), wanted));
    }
  });
  if (combine(comm, complete, Reduction::minimum) == 0) return std::nullopt;
  std::vector<Piece> pieces;
  for (Index r = 0; r < ranks; ++r) {
    const Range part = part_of(blocks, ranks, r);
    pieces.push_back({part.begin * sizeof(Digest), part.size() * sizeof(Digest)});
  }
  comm.all_gather(std::as_writable_bytes(std::span(digests)), pieces);
  Digest all;
  XXH128_canonicalFromHash(&all, XXH3_128bits(digests.data(), digests.size() * sizeof(Digest)));
  return hexadecimal(all.digest);
}

struct Seal {
  std::int64_t version = format_version;
  std::size_t bytes = 0;
  std::string digest;

  [[nodiscard]] std::string text() const {
    const auto lines = fmt::format("{}{}\nbytes {}\nxxh3-128 {}\n", magic, version, bytes, digest);
    XXH64_canonical_t own;
    XXH64_canonicalFromHash(&own, XXH3_64bits(lines.data(), lines.size()));
    std::string out = lines + "seal " + hexadecimal(own.digest) + "\n";
    out.resize(seal_bytes, '\0');
    return out;
  }
};

template <class Number>
bool take_number(std::string_view& text, std::string_view name, Number& value) {
  if (!text.starts_with(name)) return false;
  text.remove_prefix(name.size());
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end == text.data() + text.size() || *end != '\n') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

/// The seal, if every byte of it is as it was written.
std::optional<Seal> parse(std::string_view text) {
  constexpr std::string_view digest_name = "xxh3-128 ";
  constexpr std::size_t digest_size = 2 * sizeof(Digest);
  Seal seal;
  auto rest = text;
  if (!take_number(rest, magic, seal.version) || !take_number(rest, "bytes ", seal.bytes) ||
      !rest.starts_with(digest_name) || rest.size() < digest_name.size() + digest_size)
    return std::nullopt;
  seal.digest = rest.substr(digest_name.size(), digest_size);
  return seal.text() == text ? std::optional(seal) : std::nullopt;
}

Verdict corrupt(const std::string& path, const std::string& what) {
  return {Verdict::Kind::corrupt, path + ": is a damaged checkpoint: " + what};
}
/// Of one that is damaged nobody can say.
bool is_trace(const std::string& path) {
  try {
    return trace::is_trace(path);
  } catch (const DataError&) {
    return false;
  }
}

Verdict incompatible(const std::string& path, const std::string& what) {
  return {Verdict::Kind::incompatible, path + ": " + what};
}

/// Whether the bytes before HDF5's own are a seal with some damage, or the room for one: other programs have blocks of
/// theirs there.
bool resembles_seal(std::string_view block) {
  if (block.find_first_not_of('\0') == std::string_view::npos) return true;
  for (const std::string_view word : {"vireo-checkpoint", "\nbytes ", "\nxxh3-128 ", "\nseal "})
    if (block.find(word) != std::string_view::npos) return true;
  return false;
}

/// A look at the seal alone; `seal` is set if the digest of the rest is to be compared. throws IoError where the device
/// fails
Verdict examine_seal(const std::string& path, std::optional<Seal>& found) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const int error = errno;
    if (io::is_of_device(error)) throw IoError(path + ": " + std::strerror(error));
    return {error == ENOENT ? Verdict::Kind::missing : Verdict::Kind::incompatible, path + ": " + std::strerror(error)};
  }
  if (S_ISDIR(status.st_mode)) return incompatible(path, "is a directory, not a checkpoint");
  if (!S_ISREG(status.st_mode)) return incompatible(path, "is not a regular file");
  if (status.st_size == 0) return corrupt(path, "it is empty");
  // room for HDF5's own mark behind the seal
  std::array<char, seal_bytes + 8> buffer{};
  if (::access(path.c_str(), R_OK) != 0)
    return incompatible(path, std::string("cannot read it: ") + std::strerror(errno));
  const auto got = io::FileDescriptor(path, O_RDONLY, "read it").read_at(buffer.data(), buffer.size(), 0);
  const std::string_view start(buffer.data(), got);
  const bool marked = start.starts_with(magic) || magic.starts_with(start.substr(0, magic.size()));
  const bool hdf5_follows =
      got > seal_bytes && io::begins_as_hdf5(start.substr(seal_bytes)) && resembles_seal(start.substr(0, seal_bytes));
  if (!marked && io::begins_as_hdf5(start))
    return incompatible(path, is_trace(path) ? "is a trace of Vireo, not a checkpoint"
                                             : "is an HDF5 file, but not a checkpoint of Vireo");
  if (!marked && !hdf5_follows) {
    const auto kind = io::file_kind(io::TextFile(path, io::Bytes::all));
    return incompatible(path, "is " + (kind.empty() ? "not" : kind + ", not") + " a checkpoint of Vireo");
  }
  if (got < seal_bytes) return corrupt(path, "it is truncated");
  auto seal = parse(start.substr(0, seal_bytes));
  if (!seal) return corrupt(path, "its first 512 bytes are not those that were written");
  if (seal->version > format_version)
    return incompatible(
        path, fmt::format("has checkpoint format version {}; this program reads {}", seal->version, format_version));
  if (static_cast<std::size_t>(status.st_size) != seal->bytes)
    return corrupt(path, fmt::format("it has {} bytes, and was written with {}", status.st_size, seal->bytes));
  found = std::move(seal);
  return {};
}

}  // namespace

void seal(Communicator& comm, const std::string& path, std::int64_t version) {
  std::optional<io::FileDescriptor> file;  // on all ranks: each host has its own part of the data in memory
  std::int64_t bytes = 0;
  collectively(comm, [&] {
    file.emplace(path, comm.rank() == 0 ? O_RDWR : O_RDONLY, "write it");
    file->begin_sync();  // while the digest is computed
    bytes = static_cast<std::int64_t>(file->size());
  });
  bytes = combine(comm, bytes, Reduction::maximum);
  const auto found = digest(comm, path, static_cast<std::size_t>(bytes));
  collectively(comm, [&] {
    if (!found) throw IoError(path + ": became shorter while it was written");
    file->sync();
  });
  collectively(comm, [&] {
    if (comm.rank() != 0) return;
    const auto text = Seal{.version = version, .bytes = static_cast<std::size_t>(bytes), .digest = *found}.text();
    file->write_at(text.data(), text.size(), 0);
    file->sync();
  });
}

Verdict glance(const std::string& path) {
  std::optional<Seal> unused;
  return examine_seal(path, unused);
}

Verdict examine(Communicator& comm, const std::string& path) {
  Verdict verdict;
  std::optional<Seal> seal;
  collectively(comm, [&] {
    if (comm.rank() == 0) verdict = examine_seal(path, seal);
  });
  verdict.kind = static_cast<Verdict::Kind>(
      combine(comm, comm.rank() == 0 ? static_cast<std::int64_t>(verdict.kind) : 0, Reduction::maximum));
  verdict.text = broadcast(comm, verdict.text, 0);
  if (verdict.kind != Verdict::Kind::good) return verdict;
  const auto bytes =
      static_cast<std::size_t>(combine(comm, seal ? static_cast<std::int64_t>(seal->bytes) : 0, Reduction::maximum));
  const auto written = broadcast(comm, seal ? seal->digest : std::string(), 0);
  const auto found = digest(comm, path, bytes);
  if (!found) return corrupt(path, "it is truncated");
  if (*found != written) return corrupt(path, "its digest is not the one that it was written with");
  return {};
}

}  // namespace vireo::checkpoint
