#pragma once

#include "genomics/processor.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace weir::genomics {

/// BGZF (SAM specification, section 4.1): gzip members of at most 64 KiB that carry their length in
/// a "BC" field.
constexpr std::size_t k_bgzf_payload_bytes =
    0xff00;  ///< of uncompressed data that we put into a block
constexpr std::size_t k_bgzf_block_bytes_max = 0x10000;
constexpr std::size_t k_bgzf_header_bytes_min = 18;

/// The empty block that ends every complete file.
extern const std::array<std::uint8_t, 28> k_bgzf_end_block;

/// Whole length in bytes of the block that starts here, or nothing when this is no BGZF block.
/// Looks only at the header; needs `k_bgzf_header_bytes_min` bytes to say yes.
[[nodiscard]] std::optional<std::size_t> bgzf_block_length(std::span<const std::uint8_t> bytes);
/// Uncompressed size that the last four bytes of a whole block state.
[[nodiscard]] std::size_t bgzf_content_length(std::span<const std::uint8_t> block);

/// Decompresses single blocks. One object serves one thread.
class BlockInflater {
 public:
  BlockInflater();
  BlockInflater(BlockInflater&&) noexcept;
  BlockInflater& operator=(BlockInflater&&) noexcept;
  ~BlockInflater();
  /// Fills `to` wholly from a whole block; false when the block is damaged (deflate, size or
  /// CRC-32).
  [[nodiscard]] bool inflate(std::span<const std::uint8_t> block, std::span<std::uint8_t> to);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct CodecChoice {
  Codec codec = Codec::libdeflate;
  int level = 6;  ///< libdeflate's (1-12); ISA-L has its level 1 only
  /// The content is text whose long lines are much alike: `LineDeflater` takes libdeflate's place
  /// at the levels that it has.
  bool lines_repeat = false;
};

/// Compresses single blocks. One object serves one thread.
class BlockDeflater {
 public:
  /// Throws Error for a level that there is not, and when ISA-L is not installed.
  explicit BlockDeflater(const CodecChoice& choice);
  BlockDeflater(BlockDeflater&&) noexcept;
  BlockDeflater& operator=(BlockDeflater&&) noexcept;
  ~BlockDeflater();
  /// Appends one block with at most `k_bgzf_payload_bytes` of content; returns its length.
  std::size_t deflate(std::span<const std::uint8_t> content, std::vector<std::uint8_t>& to);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Name and version of a codec as cache keys and manifests have it: "libdeflate 1.14". For ISA-L
/// the code path of this processor is part of it, since its bytes may depend on it.
[[nodiscard]] std::string codec_version(Codec codec);

/// Where each block of a BGZF file begins, compressed and uncompressed.
class BlockMap {
 public:
  void append(std::size_t content_bytes, std::size_t block_bytes);
  /// BGZF virtual offset of an uncompressed position. Positions must not fall between calls. A
  /// position at the end of a block is the beginning of the next one.
  [[nodiscard]] std::uint64_t virtual_offset(std::uint64_t position);
  [[nodiscard]] std::uint64_t content_bytes() const { return content_bytes_; }
  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }

 private:
  struct Start {
    std::uint64_t content;
    std::uint64_t file;
  };
  std::vector<Start> starts_;
  std::size_t cursor_ = 0;
  std::uint64_t content_bytes_ = 0;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace weir::genomics
