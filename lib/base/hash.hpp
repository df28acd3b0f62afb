#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace weir::base {

/// Content addresses and checksums that others can repeat.
enum class DigestKind {
  sha256,
  md5,
  sha1,
  sha224,
  sha384,
  sha512,
  sha512_224,
  sha512_256,
  sha3_224,
  sha3_256,
  sha3_384,
  sha3_512
};

/// A streaming digest (libcrypto). One object serves one thread.
class Digest {
 public:
  explicit Digest(DigestKind kind);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();
  void update(std::string_view bytes);
  void update(std::span<const std::uint8_t> bytes);
  /// Lower-case hexadecimal; the object is spent afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

[[nodiscard]] std::string digest_hex(DigestKind kind, std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string md5_hex(std::string_view bytes);
/// Reads the whole file. Throws Error. Blocks on the disk.
[[nodiscard]] std::string sha256_file(const std::filesystem::path& path);

/// XXH3-128: for keys and tables inside weir, never for addresses that outsiders can choose.
struct Hash128 {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  [[nodiscard]] std::string hex() const;  ///< 32 digits
  friend bool operator==(const Hash128&, const Hash128&) = default;
};
[[nodiscard]] Hash128 fast_hash(std::string_view bytes);

/// Streaming XXH3-128.
class FastHasher {
 public:
  FastHasher();
  FastHasher(const FastHasher& other);
  FastHasher& operator=(const FastHasher&) = delete;
  ~FastHasher();
  void update(std::string_view bytes);
  void update_u64(std::uint64_t value);
  /// The length before the bytes, so that no two sequences of texts are taken for each other.
  void update_sized(std::string_view bytes);
  [[nodiscard]] Hash128 finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// HMAC with SHA-256 (RFC 2104): 32 bytes, not hexadecimal.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);

}  // namespace weir::base
