#include "genomics/bgzf.hpp"

#include "base/dynamic_library.hpp"
#include "base/error.hpp"
#include "genomics/line_deflater.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#include <fmt/format.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <array>
#include <cstring>

namespace weir::genomics {
namespace {

constexpr std::size_t k_gzip_header_bytes = 12;  // up to and with XLEN
constexpr std::size_t k_our_header_bytes = 18;
constexpr std::size_t k_trailer_bytes = 8;  // CRC-32, ISIZE

std::uint32_t read_u16(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8;
}

std::uint32_t read_u32(const std::uint8_t* at) {
  return read_u16(at) | read_u16(at + 2) << 16;
}

void write_u16(std::uint8_t* at, std::size_t value) {
  at[0] = static_cast<std::uint8_t>(value);
  at[1] = static_cast<std::uint8_t>(value >> 8);
}

void write_u32(std::uint8_t* at, std::size_t value) {
  write_u16(at, value);
  write_u16(at + 2, value >> 16);
}

/// ISA-L's entry points, resolved once.
struct Isal {
  base::DynamicLibrary library{"libisal.so.2", "libisal2"};
  decltype(isal_deflate_stateless_init)* init =
      library.function<decltype(isal_deflate_stateless_init)>("isal_deflate_stateless_init");
  decltype(isal_deflate_stateless)* deflate =
      library.function<decltype(isal_deflate_stateless)>("isal_deflate_stateless");
};

const Isal& isal() {
  static const Isal loaded;
  return loaded;
}

/// A deflate "stored" block: what is left when compression does not make a block smaller.
std::size_t store(std::span<const std::uint8_t> content, std::uint8_t* to) {
  to[0] = 1;  // last block, type 0
  write_u16(to + 1, content.size());
  write_u16(to + 3, content.size() ^ 0xffffU);
  if (!content.empty()) std::memcpy(to + 5, content.data(), content.size());
  return content.size() + 5;
}

}  // namespace

const std::array<std::uint8_t, 28> k_bgzf_end_block = {
    0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 6, 0, 0x42, 0x43,
    2,    0,    0x1b, 0,    3, 0, 0, 0, 0, 0,    0, 0, 0,    0};

std::optional<std::size_t> bgzf_block_length(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < k_bgzf_header_bytes_min) return std::nullopt;
  if (bytes[0] != 0x1f || bytes[1] != 0x8b || bytes[2] != 8 || bytes[3] != 4) return std::nullopt;
  const std::size_t extra_end = k_gzip_header_bytes + read_u16(&bytes[10]);
  for (std::size_t at = k_gzip_header_bytes; at + 4 <= extra_end && at + 4 <= bytes.size();) {
    const std::size_t length = read_u16(&bytes[at + 2]);
    if (bytes[at] == 'B' && bytes[at + 1] == 'C' && length == 2 && at + 6 <= bytes.size()) {
      const std::size_t whole = read_u16(&bytes[at + 4]) + 1;
      // Room for the header, one byte of deflate and the trailer.
      if (whole < extra_end + 1 + k_trailer_bytes) return std::nullopt;
      return whole;
    }
    at += 4 + length;
  }
  return std::nullopt;
}

std::size_t bgzf_content_length(std::span<const std::uint8_t> block) {
  return read_u32(block.data() + block.size() - 4);
}

struct BlockInflater::State {
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  State() { WEIR_ASSERT(decompressor != nullptr); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { libdeflate_free_decompressor(decompressor); }
};

BlockInflater::BlockInflater() : state_(std::make_unique<State>()) {}
BlockInflater::BlockInflater(BlockInflater&&) noexcept = default;
BlockInflater& BlockInflater::operator=(BlockInflater&&) noexcept = default;
BlockInflater::~BlockInflater() = default;

bool BlockInflater::inflate(std::span<const std::uint8_t> block, std::span<std::uint8_t> to) {
  const std::size_t header = k_gzip_header_bytes + read_u16(&block[10]);
  if (header + k_trailer_bytes >= block.size()) return false;
  const std::span<const std::uint8_t> deflated =
      block.subspan(header, block.size() - header - k_trailer_bytes);
  std::uint8_t nothing = 0;
  std::uint8_t* const out = to.empty() ? &nothing : to.data();
  std::size_t got = 0;
  if (libdeflate_deflate_decompress(state_->decompressor, deflated.data(), deflated.size(), out,
                                    to.size(), &got) != LIBDEFLATE_SUCCESS) {
    return false;
  }
  return got == to.size() && libdeflate_crc32(0, out, to.size()) ==
                                 read_u32(block.data() + block.size() - k_trailer_bytes);
}

struct BlockDeflater::State {
  std::array<std::uint8_t, k_bgzf_block_bytes_max> block;
  // One of the three:
  std::optional<LineDeflater> lines;
  libdeflate_compressor* compressor = nullptr;
  std::vector<std::uint8_t> level_buffer;  // ISA-L's working memory

  explicit State(const CodecChoice& choice) {
    if (choice.codec == Codec::isal) {
      (void)isal();
      level_buffer.resize(ISAL_DEF_LVL1_DEFAULT);
      return;
    }
    if (choice.lines_repeat && LineDeflater::has_level(choice.level)) {
      lines.emplace(choice.level);
      return;
    }
    compressor = libdeflate_alloc_compressor(choice.level);
    if (compressor == nullptr) {
      throw Error(ErrorKind::usage, fmt::format("no such compression level: {}", choice.level))
          .with_hint("levels are libdeflate's, 1 to 12");
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { libdeflate_free_compressor(compressor); }

  /// Zero when the result does not fit.
  std::size_t compress(std::span<const std::uint8_t> content, std::uint8_t* to, std::size_t room) {
    if (lines) return lines->deflate(content, {to, room});
    if (compressor != nullptr) {
      return libdeflate_deflate_compress(compressor, content.data(), content.size(), to, room);
    }
    isal_zstream stream;
    isal().init(&stream);
    stream.end_of_stream = 1;
    stream.flush = NO_FLUSH;
    stream.gzip_flag = IGZIP_DEFLATE;
    stream.level = 1;
    stream.level_buf = level_buffer.data();
    stream.level_buf_size = static_cast<std::uint32_t>(level_buffer.size());
    stream.next_in = const_cast<std::uint8_t*>(content.data());
    stream.avail_in = static_cast<std::uint32_t>(content.size());
    stream.next_out = to;
    stream.avail_out = static_cast<std::uint32_t>(room);
    return isal().deflate(&stream) == COMP_OK && stream.avail_in == 0 ? stream.total_out : 0;
  }
};

BlockDeflater::BlockDeflater(const CodecChoice& choice) : state_(std::make_unique<State>(choice)) {}
BlockDeflater::BlockDeflater(BlockDeflater&&) noexcept = default;
BlockDeflater& BlockDeflater::operator=(BlockDeflater&&) noexcept = default;
BlockDeflater::~BlockDeflater() = default;

std::size_t BlockDeflater::deflate(std::span<const std::uint8_t> content,
                                   std::vector<std::uint8_t>& to) {
  WEIR_ASSERT(content.size() <= k_bgzf_payload_bytes);
  std::uint8_t* const block = state_->block.data();
  constexpr std::size_t k_room = k_bgzf_block_bytes_max - k_our_header_bytes - k_trailer_bytes;
  std::size_t length = state_->compress(content, block + k_our_header_bytes, k_room);
  if (length == 0) length = store(content, block + k_our_header_bytes);
  const std::size_t whole = k_our_header_bytes + length + k_trailer_bytes;
  std::memcpy(block, k_bgzf_end_block.data(), k_our_header_bytes);
  write_u16(block + 16, whole - 1);
  write_u32(block + k_our_header_bytes + length,
            libdeflate_crc32(0, content.data(), content.size()));
  write_u32(block + k_our_header_bytes + length + 4, content.size());
  to.insert(to.end(), block, block + whole);
  return whole;
}

#if defined(__x86_64__)
namespace {

/// Asked for here: the compiler's `__builtin_cpu_supports` brings a constructor with it that asks
/// for everything at each start of the program, and on a virtual machine each question is an exit
/// to the hypervisor.
bool has_sse42() {
  unsigned int ignored[3];
  unsigned int features = 0;
  return __get_cpuid(1, &ignored[0], &ignored[1], &features, &ignored[2]) != 0 &&
         (features & bit_SSE4_2) != 0;
}

}  // namespace
#endif

std::string codec_version(Codec codec) {
  if (codec == Codec::libdeflate) return "libdeflate " LIBDEFLATE_VERSION_STRING;
    // Its vector code gives the same bytes with SSE 4.2, AVX2 and AVX-512, but other bytes than
    // what it runs on processors without (tests/flow/isal_paths_test.sh).
#if defined(__x86_64__)
  const char* const path = has_sse42() ? "x86 vector" : "x86 base";
#else
  const char* const path = "other";
#endif
  return fmt::format("isa-l 2 {}", path);
}

void BlockMap::append(std::size_t content_bytes, std::size_t block_bytes) {
  starts_.push_back({content_bytes_, file_bytes_});
  content_bytes_ += content_bytes;
  file_bytes_ += block_bytes;
}

std::uint64_t BlockMap::virtual_offset(std::uint64_t position) {
  WEIR_ASSERT(position <= content_bytes_);
  if (position == content_bytes_) return file_bytes_ << 16;
  while (cursor_ + 1 < starts_.size() && starts_[cursor_ + 1].content <= position) ++cursor_;
  return starts_[cursor_].file << 16 | (position - starts_[cursor_].content);
}

}  // namespace weir::genomics
