// Deviation from the format pages: numbers may be in either byte order (the magic number tells),
// and files that end before their closing magic number are accepted below version 4, which had
// none.
#include "genomics/bbi_file.hpp"

#include "genomics/problem.hpp"

#include <fmt/format.h>
#include <libdeflate.h>
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

namespace weir::genomics {
namespace {

constexpr std::uint32_t k_bed_magic = 0x8789f2eb;
constexpr std::uint32_t k_wig_magic = 0x888ffc26;
constexpr std::uint32_t k_tree_magic = 0x78ca8c91;   // chromosomes, a B+ tree
constexpr std::uint32_t k_index_magic = 0x2468ace0;  // data, an R tree
constexpr std::size_t k_header_bytes = 64;
constexpr std::size_t k_zoom_bytes = 24;
constexpr std::size_t k_tree_header_bytes = 32;
constexpr std::size_t k_index_header_bytes = 48;
constexpr std::size_t k_leaf_bytes = 32;
constexpr std::size_t k_branch_bytes = 24;
constexpr std::size_t k_depth_max = 32;
constexpr std::uint64_t k_block_bytes_max = std::uint64_t{64} << 20;
constexpr std::uint32_t k_key_bytes_max = 4096;
constexpr std::uint64_t k_chromosomes_max = std::uint64_t{1} << 22;
constexpr std::size_t k_auto_sql_bytes_max = std::size_t{1} << 16;

struct FreeInflater {
  void operator()(libdeflate_decompressor* inflater) const {
    libdeflate_free_decompressor(inflater);
  }
};

}  // namespace

struct BbiFile::State {
  ReadAt read;
  std::uint64_t file_bytes = 0;
  std::string name;
  bool swapped = false;
  bool big_bed = false;
  unsigned version = 0;
  unsigned defined_columns = 0;
  std::uint64_t tree_offset = 0;
  std::uint64_t index_offset = 0;
  std::uint64_t auto_sql_offset = 0;
  std::uint32_t buffer_bytes = 0;
  std::vector<ZoomLevel> zooms;
  std::vector<Chromosome> chromosomes;
  std::string auto_sql;
  std::unique_ptr<libdeflate_decompressor, FreeInflater> inflater{libdeflate_alloc_decompressor()};
  mutable std::vector<std::uint8_t> raw;

  /// Bytes [offset, offset + count); refuses what lies outside the file.
  [[nodiscard]] std::vector<std::uint8_t> take(const BbiFile& file, std::uint64_t offset,
                                               std::uint64_t count) const {
    if (offset > file_bytes || count > file_bytes - offset)
      file.refuse("an offset lies outside the file", std::min(offset, file_bytes));
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(count));
    read(offset, bytes);
    return bytes;
  }

  void read_header(const BbiFile& file);
  void read_zooms(const BbiFile& file, unsigned count);
  void read_auto_sql();
  void read_chromosomes(const BbiFile& file);
};

BbiFile::BbiFile(BbiFile&&) noexcept = default;
BbiFile& BbiFile::operator=(BbiFile&&) noexcept = default;
BbiFile::~BbiFile() = default;

bool BbiFile::is_big_bed() const {
  return state_->big_bed;
}
unsigned BbiFile::version() const {
  return state_->version;
}
bool BbiFile::is_compressed() const {
  return state_->buffer_bytes > 0;
}
unsigned BbiFile::defined_columns() const {
  return state_->defined_columns;
}
const std::vector<BbiFile::Chromosome>& BbiFile::chromosomes() const {
  return state_->chromosomes;
}
const std::vector<BbiFile::ZoomLevel>& BbiFile::zoom_levels() const {
  return state_->zooms;
}
const std::string& BbiFile::auto_sql() const {
  return state_->auto_sql;
}

std::uint16_t BbiFile::u16(const std::uint8_t* at) const {
  const auto value = static_cast<std::uint16_t>(at[0] | at[1] << 8);
  return state_->swapped ? __builtin_bswap16(value) : value;
}

std::uint32_t BbiFile::u32(const std::uint8_t* at) const {
  std::uint32_t value = 0;
  std::memcpy(&value, at, sizeof(value));
  static_assert(std::endian::native == std::endian::little, "read as little-endian");
  return state_->swapped ? __builtin_bswap32(value) : value;
}

std::uint64_t BbiFile::u64(const std::uint8_t* at) const {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof(value));
  return state_->swapped ? __builtin_bswap64(value) : value;
}

void BbiFile::refuse(const std::string& why, std::uint64_t offset) const {
  throw problem_error(Problem::bbi_corrupt, state_->name, why,
                      {.byte_offset = static_cast<std::int64_t>(std::min<std::uint64_t>(
                           offset, std::numeric_limits<std::int64_t>::max()))});
}

BbiFile::BbiFile(ReadAt read, std::uint64_t file_bytes, std::string name)
    : state_(std::make_unique<State>()) {
  state_->read = std::move(read);
  state_->file_bytes = file_bytes;
  state_->name = std::move(name);
  state_->read_header(*this);
  state_->read_chromosomes(*this);
  state_->read_auto_sql();
}

void BbiFile::State::read_header(const BbiFile& file) {
  if (file_bytes < k_header_bytes) file.refuse("the file ends inside its header", file_bytes);
  const std::vector<std::uint8_t> header = take(file, 0, k_header_bytes);
  std::uint32_t magic = file.u32(header.data());
  if (magic != k_bed_magic && magic != k_wig_magic) {
    swapped = true;
    magic = file.u32(header.data());
  }
  if (magic != k_bed_magic && magic != k_wig_magic) file.refuse("no magic number", 0);
  big_bed = magic == k_bed_magic;
  version = file.u16(&header[4]);
  tree_offset = file.u64(&header[8]);
  index_offset = file.u64(&header[24]);
  defined_columns = file.u16(&header[34]);
  auto_sql_offset = file.u64(&header[36]);
  buffer_bytes = file.u32(&header[52]);
  if (buffer_bytes > k_block_bytes_max) file.refuse("the size of blocks cannot be", 52);
  read_zooms(file, file.u16(&header[6]));
}

void BbiFile::State::read_zooms(const BbiFile& file, unsigned count) {
  const std::vector<std::uint8_t> bytes =
      take(file, k_header_bytes, std::uint64_t{count} * k_zoom_bytes);
  for (unsigned i = 0; i < count; ++i) {
    const std::uint8_t* const at = bytes.data() + i * k_zoom_bytes;
    zooms.push_back({file.u32(at), file.u64(at + 8), file.u64(at + 16)});
  }
}

void BbiFile::State::read_auto_sql() {
  if (auto_sql_offset == 0 || auto_sql_offset >= file_bytes) return;
  std::string text(static_cast<std::size_t>(
                       std::min<std::uint64_t>(file_bytes - auto_sql_offset, k_auto_sql_bytes_max)),
                   '\0');
  read(auto_sql_offset, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  const std::size_t end = text.find('\0');
  if (end != std::string::npos) auto_sql = text.substr(0, end);
}

void BbiFile::State::read_chromosomes(const BbiFile& file) {
  const std::vector<std::uint8_t> header = take(file, tree_offset, k_tree_header_bytes);
  if (file.u32(header.data()) != k_tree_magic)
    file.refuse("no list of chromosomes where the header says", tree_offset);
  const std::uint32_t key_bytes = file.u32(&header[8]);
  const std::uint64_t count = file.u64(&header[16]);
  if (key_bytes == 0 || key_bytes > k_key_bytes_max || file.u32(&header[12]) != 8 ||
      count > k_chromosomes_max || count > file_bytes / (key_bytes + 8)) {
    file.refuse("the list of chromosomes cannot be", tree_offset);
  }
  chromosomes.resize(static_cast<std::size_t>(count));
  struct Node {
    std::uint64_t offset;
    std::size_t depth;
  };
  std::vector<Node> pending{{tree_offset + k_tree_header_bytes, 0}};
  std::uint64_t left = 2 * count + 2;  // nodes that a proper tree may have
  while (!pending.empty()) {
    const Node node = pending.back();
    pending.pop_back();
    if (left-- == 0 || node.depth > k_depth_max)
      file.refuse("the list of chromosomes runs in circles", node.offset);
    const std::vector<std::uint8_t> start = take(file, node.offset, 4);
    const unsigned items = file.u16(&start[2]);
    const std::size_t item_bytes = key_bytes + 8;
    const std::vector<std::uint8_t> bytes =
        take(file, node.offset + 4, std::uint64_t{items} * item_bytes);
    for (unsigned i = 0; i < items; ++i) {
      const std::uint8_t* const item = bytes.data() + i * item_bytes;
      if (start[0] == 0) {
        pending.push_back({file.u64(item + key_bytes), node.depth + 1});
        continue;
      }
      const std::uint32_t number = file.u32(item + key_bytes);
      if (number >= count) file.refuse("a chromosome's number is too large", node.offset);
      const auto* const key = reinterpret_cast<const char*>(item);
      chromosomes[number] = {std::string(key, strnlen(key, key_bytes)),
                             file.u32(item + key_bytes + 4)};
    }
    if (pending.size() > left) file.refuse("the list of chromosomes cannot be", node.offset);
  }
}

bool BbiFile::has_end_magic() const {
  const std::vector<std::uint8_t> bytes = state_->take(*this, state_->file_bytes - 4, 4);
  return u32(bytes.data()) == (state_->big_bed ? k_bed_magic : k_wig_magic);
}

std::vector<BbiFile::Block> BbiFile::data_blocks() const {
  const State& state = *state_;
  const std::vector<std::uint8_t> header =
      state.take(*this, state.index_offset, k_index_header_bytes);
  if (u32(header.data()) != k_index_magic)
    refuse("no index where the header says", state.index_offset);
  struct Node {
    std::uint64_t offset;
    std::size_t depth;
  };
  std::vector<Block> blocks;
  std::vector<Node> pending{{state.index_offset + k_index_header_bytes, 0}};
  // Leaves hold distinct blocks in rising order, so a file has room for this many nodes only.
  std::uint64_t left = state.file_bytes / 4 + 1;
  while (!pending.empty()) {
    const Node node = pending.back();
    pending.pop_back();
    if (left-- == 0 || node.depth > k_depth_max) refuse("the index runs in circles", node.offset);
    const std::vector<std::uint8_t> start = state.take(*this, node.offset, 4);
    const bool leaf = start[0] != 0;
    const unsigned items = u16(&start[2]);
    const std::size_t item_bytes = leaf ? k_leaf_bytes : k_branch_bytes;
    const std::vector<std::uint8_t> bytes =
        state.take(*this, node.offset + 4, std::uint64_t{items} * item_bytes);
    for (unsigned i = 0; i < items; ++i) {
      // Branches go onto the stack last one first, so that the first one is next.
      const unsigned at = leaf ? i : items - 1 - i;
      const std::uint8_t* const item = bytes.data() + at * item_bytes;
      if (!leaf) {
        pending.push_back({u64(item + 16), node.depth + 1});
        continue;
      }
      const Block block{u64(item + 16), u64(item + 24)};
      const std::uint64_t free_from =
          blocks.empty() ? k_header_bytes : blocks.back().offset + blocks.back().bytes;
      if (block.offset < free_from) refuse("blocks of data overlap", node.offset);
      if (block.bytes > state.file_bytes || block.offset > state.file_bytes - block.bytes)
        refuse("a block of data lies outside the file", node.offset);
      if (block.bytes > k_block_bytes_max) refuse("a block of data is too large", node.offset);
      if (block.bytes == 0) refuse("a block of data is empty", node.offset);
      blocks.push_back(block);
    }
    if (pending.size() > left) refuse("the index cannot be", node.offset);
  }
  return blocks;
}

void BbiFile::check_zoom_level(const ZoomLevel& level) const {
  const std::vector<std::uint8_t> header =
      state_->take(*this, level.index_offset, k_index_header_bytes);
  if (u32(header.data()) != k_index_magic || level.data_offset >= state_->file_bytes)
    refuse("a zoom level is damaged", level.index_offset);
}

void BbiFile::read_block(const Block& block, std::vector<std::uint8_t>& to) const {
  const State& state = *state_;
  if (state.buffer_bytes == 0) {
    to.resize(static_cast<std::size_t>(block.bytes));
    state.read(block.offset, to);
    return;
  }
  state.raw.resize(static_cast<std::size_t>(block.bytes));
  state.read(block.offset, state.raw);
  to.resize(state.buffer_bytes);
  std::size_t got = 0;
  if (libdeflate_zlib_decompress(state.inflater.get(), state.raw.data(), state.raw.size(),
                                 to.data(), to.size(), &got) != LIBDEFLATE_SUCCESS) {
    refuse("a block of data cannot be decompressed", block.offset);
  }
  to.resize(got);
}

void append_bed_lines(const BbiFile& file, std::span<const std::uint8_t> block,
                      std::uint64_t block_offset, std::string& to, std::int64_t& count) {
  constexpr std::size_t k_fixed_bytes = 12;
  while (!block.empty()) {
    if (block.size() <= k_fixed_bytes) file.refuse("a record ends too early", block_offset);
    const std::uint32_t number = file.u32(block.data());
    const std::uint32_t begin = file.u32(block.data() + 4);
    const std::uint32_t end = file.u32(block.data() + 8);
    const auto* const rest = reinterpret_cast<const char*>(block.data()) + k_fixed_bytes;
    const std::size_t room = block.size() - k_fixed_bytes;
    const std::size_t length = strnlen(rest, room);
    if (length == room) file.refuse("a record has no end", block_offset);
    if (number >= file.chromosomes().size() || file.chromosomes()[number].name.empty())
      file.refuse("a record names a chromosome that is not listed", block_offset);
    if (begin > end) file.refuse("a record starts after its end", block_offset);
    if (std::memchr(rest, '\n', length) != nullptr)
      file.refuse("a record has a line break inside", block_offset);
    fmt::format_to(std::back_inserter(to), "{}\t{}\t{}", file.chromosomes()[number].name, begin,
                   end);
    if (length > 0) to.append("\t").append(rest, length);
    to += '\n';
    ++count;
    block = block.subspan(k_fixed_bytes + length + 1);
  }
}

std::int64_t count_wig_values(const BbiFile& file, std::span<const std::uint8_t> block,
                              std::uint64_t block_offset) {
  constexpr std::size_t k_section_bytes = 24;
  if (block.size() < k_section_bytes) file.refuse("a section ends too early", block_offset);
  const std::uint32_t number = file.u32(block.data());
  if (number >= file.chromosomes().size() || file.chromosomes()[number].name.empty())
    file.refuse("a section names a chromosome that is not listed", block_offset);
  if (file.u32(block.data() + 4) > file.u32(block.data() + 8))
    file.refuse("a section starts after its end", block_offset);
  constexpr std::array<std::size_t, 4> k_item_bytes = {0, 12, 8, 4};  // bedGraph, variable, fixed
  const std::uint8_t type = block[20];
  if (type == 0 || type >= k_item_bytes.size()) file.refuse("an unknown section", block_offset);
  const std::size_t items = file.u16(block.data() + 22);
  if (block.size() - k_section_bytes < items * k_item_bytes[type])
    file.refuse("a section ends too early", block_offset);
  return static_cast<std::int64_t>(items);
}

std::vector<std::string> auto_sql_columns(std::string_view text) {
  // table NAME "comment" ( TYPE NAME; "comment" … ), where TYPE may have "[…]" or "(…)" behind.
  std::vector<std::string> names;
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) return names;
  std::string field;
  bool quoted = false;
  for (const char c : text.substr(open + 1)) {
    if (c == '"') quoted = !quoted;
    if (quoted || c == '"') continue;
    if (c != ';') {
      field += c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
      continue;
    }
    while (!field.empty() && field.back() == ' ') field.pop_back();
    const std::size_t blank = field.find_last_of(" ])");
    const std::string name = blank == std::string::npos ? field : field.substr(blank + 1);
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
      return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
    });
    if (!plain) return {};
    names.push_back(name);
    field.clear();
  }
  return names;
}

}  // namespace weir::genomics
