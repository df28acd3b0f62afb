#include "base/hash.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>

#include <vector>

namespace weir::base {

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char k_digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += k_digits[byte >> 4];
    text += k_digits[byte & 15];
  }
  return text;
}

struct Digest::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

namespace {

const EVP_MD* algorithm_of(DigestKind kind) {
  switch (kind) {
    case DigestKind::sha256: return EVP_sha256();
    case DigestKind::md5: return EVP_md5();
    case DigestKind::sha1: return EVP_sha1();
    case DigestKind::sha224: return EVP_sha224();
    case DigestKind::sha384: return EVP_sha384();
    case DigestKind::sha512: return EVP_sha512();
    case DigestKind::sha512_224: return EVP_sha512_224();
    case DigestKind::sha512_256: return EVP_sha512_256();
    case DigestKind::sha3_224: return EVP_sha3_224();
    case DigestKind::sha3_256: return EVP_sha3_256();
    case DigestKind::sha3_384: return EVP_sha3_384();
    case DigestKind::sha3_512: return EVP_sha3_512();
  }
  return EVP_sha256();
}

}  // namespace

Digest::Digest(DigestKind kind) : state_(std::make_unique<State>()) {
  if (EVP_DigestInit_ex(state_->context, algorithm_of(kind), nullptr) != 1) {
    throw Error(ErrorKind::failed, "libcrypto offers no such digest here (FIPS mode refuses MD5)");
  }
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(std::string_view bytes) {
  WEIR_ASSERT(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

void Digest::update(std::span<const std::uint8_t> bytes) {
  WEIR_ASSERT(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

std::string Digest::finish() {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  WEIR_ASSERT(EVP_DigestFinal_ex(state_->context, bytes.data(), &size) == 1);
  return to_hex(std::span(bytes).first(size));
}

std::string digest_hex(DigestKind kind, std::string_view bytes) {
  Digest digest(kind);
  digest.update(bytes);
  return digest.finish();
}

std::string sha256_hex(std::string_view bytes) {
  return digest_hex(DigestKind::sha256, bytes);
}

std::string md5_hex(std::string_view bytes) {
  return digest_hex(DigestKind::md5, bytes);
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  WEIR_ASSERT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                   reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), bytes.data(),
                   &size) != nullptr);
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

std::string sha256_file(const std::filesystem::path& path) {
  constexpr std::size_t k_chunk_bytes = 1024 * 1024;
  const Fd fd = open_read(path);
  Digest digest(DigestKind::sha256);
  std::vector<char> buffer(k_chunk_bytes);
  while (const std::size_t got = read_some(fd.get(), buffer.data(), buffer.size(), path.native())) {
    digest.update(std::string_view(buffer.data(), got));
  }
  return digest.finish();
}

namespace {

Hash128 from_xxh(XXH128_hash_t hash) {
  return {hash.high64, hash.low64};
}

void append_hex(std::string& text, std::uint64_t value) {
  static constexpr char k_digits[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) text += k_digits[(value >> shift) & 15];
}

}  // namespace

std::string Hash128::hex() const {
  std::string text;
  append_hex(text, high);
  append_hex(text, low);
  return text;
}

Hash128 fast_hash(std::string_view bytes) {
  return from_xxh(XXH3_128bits(bytes.data(), bytes.size()));
}

struct FastHasher::State {
  XXH3_state_t* xxh = XXH3_createState();
  State() { XXH3_128bits_reset(xxh); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { XXH3_freeState(xxh); }
};

FastHasher::FastHasher() : state_(std::make_unique<State>()) {}
FastHasher::FastHasher(const FastHasher& other) : FastHasher() {
  XXH3_copyState(state_->xxh, other.state_->xxh);
}
FastHasher::~FastHasher() = default;

void FastHasher::update(std::string_view bytes) {
  XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size());
}

void FastHasher::update_u64(std::uint64_t value) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<char>((value >> (8 * i)) & 255);
  update(std::string_view(bytes.data(), bytes.size()));
}

void FastHasher::update_sized(std::string_view bytes) {
  update_u64(bytes.size());
  update(bytes);
}

Hash128 FastHasher::finish() const {
  return from_xxh(XXH3_128bits_digest(state_->xxh));
}

}  // namespace weir::base
