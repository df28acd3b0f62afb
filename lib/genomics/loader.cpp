#include "genomics/loader.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstring>
#include <vector>
#define ZLIB_CONST  // input that zlib does not write to
#include <zlib.h>

namespace weir::genomics {
namespace {

bool all_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

void check_expansion(std::uint64_t expanded, const LoadOptions& options, const SourceFile& source) {
  if (expanded > options.expanded_bytes_max) {
    throw problem_error(Problem::expansion_limit, source.name(),
                        fmt::format("more than {} bytes", options.expanded_bytes_max));
  }
}

/// The file as it is.
class PlainLoader final : public Loader {
 public:
  PlainLoader(const SourceFile& source, SourceHasher* hasher, const LoadOptions& options)
      : source_(source), hasher_(hasher), options_(options) {}

  std::size_t load(std::uint8_t* to, std::size_t room) override {
    if (hasher_ != nullptr) hasher_->drain();
    const std::size_t count = static_cast<std::size_t>(
        std::min<std::uint64_t>(std::min(room, options_.piece_bytes), source_.size() - position_));
    if (count == 0) return 0;
    constexpr std::size_t k_part_bytes = std::size_t{1} << 20;
    parallel_for(
        options_.work, (count + k_part_bytes - 1) / k_part_bytes,
        [&](std::size_t part, std::size_t) {
          const std::size_t begin = part * k_part_bytes;
          source_.read_at(position_ + begin, {to + begin, std::min(k_part_bytes, count - begin)});
        });
    position_ += count;
    if (hasher_ != nullptr) hasher_->add({to, count});
    return count;
  }

  std::uint64_t source_position() const override { return position_; }
  const ProblemTally& tally() const override { return tally_; }

 private:
  const SourceFile& source_;
  SourceHasher* hasher_;
  LoadOptions options_;
  std::uint64_t position_ = 0;
  ProblemTally tally_;
};

/// Ordinary gzip, any number of members, one after the other.
class GzipLoader final : public Loader {
 public:
  GzipLoader(std::unique_ptr<Loader> inner, const SourceFile& source, const LoadOptions& options)
      : inner_(std::move(inner)),
        source_(source),
        options_(options),
        input_(std::max(options.piece_bytes / 4, k_load_room_min)) {
    constexpr int k_gzip_window = 15 + 16;
    WEIR_ASSERT(inflateInit2(&stream_, k_gzip_window) == Z_OK);
  }
  ~GzipLoader() override { inflateEnd(&stream_); }
  GzipLoader(const GzipLoader&) = delete;
  GzipLoader& operator=(const GzipLoader&) = delete;

  std::size_t load(std::uint8_t* to, std::size_t room) override {
    constexpr std::size_t k_output_bytes_max = std::size_t{8} << 20;
    const std::size_t want = std::min(room, k_output_bytes_max);
    stream_.next_out = to;
    stream_.avail_out = static_cast<uInt>(want);
    while (stream_.avail_out > 0 && !ended_) step();
    const std::size_t got = want - stream_.avail_out;
    expanded_ += got;
    check_expansion(expanded_, options_, source_);
    return got;
  }

  std::uint64_t source_position() const override { return inner_->source_position(); }
  const ProblemTally& tally() const override { return tally_; }

 private:
  [[nodiscard]] std::int64_t offset() const {
    return static_cast<std::int64_t>(input_bytes_ - stream_.avail_in);
  }

  bool refill() {
    options_.work.check();
    const std::size_t got = inner_->load(input_.data(), input_.size());
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<uInt>(got);
    input_bytes_ += got;
    return got > 0;
  }

  void step() {
    if (stream_.avail_in == 0 && !refill()) {
      throw problem_error(Problem::gzip_truncated, source_.name(), {}, {.byte_offset = offset()});
    }
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      end_member();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      throw problem_error(Problem::gzip_crc, source_.name(),
                          stream_.msg != nullptr ? stream_.msg : "", {.byte_offset = offset()});
    }
  }

  /// After a member: another one, the end, zero padding, or something that does not belong there.
  void end_member() {
    if (stream_.avail_in == 0 && !refill()) {
      ended_ = true;
      return;
    }
    if (stream_.next_in[0] == 0x1f) {
      inflateReset(&stream_);
      return;
    }
    const std::int64_t begin = offset();
    do {
      if (!all_zero({stream_.next_in, stream_.avail_in})) {
        throw problem_error(Problem::trailing_garbage, source_.name(), {}, {.byte_offset = begin});
      }
    } while (refill());
    tally_.add(Problem::trailing_zeros, {.byte_offset = begin});
    ended_ = true;
  }

  std::unique_ptr<Loader> inner_;
  const SourceFile& source_;
  LoadOptions options_;
  std::vector<std::uint8_t> input_;
  z_stream stream_{};
  std::uint64_t input_bytes_ = 0;
  std::uint64_t expanded_ = 0;
  bool ended_ = false;
  ProblemTally tally_;
};

/// BGZF: blocks are found by their headers and inflated by all threads, straight to where they
/// belong, while one of them reads the next piece of the file.
class BgzfLoader final : public Loader {
 public:
  BgzfLoader(const SourceFile& source, SourceHasher* hasher, const LoadOptions& options)
      : source_(source), hasher_(hasher), options_(options), inflaters_(options.work.threads) {
    for (Piece& piece : pieces_) piece.bytes.resize(k_carry_bytes + options.piece_bytes);
    read_piece(pieces_[0]);
  }

  std::size_t load(std::uint8_t* to, std::size_t room) override {
    for (;;) {
      const std::size_t content = list_blocks(room);
      if (!jobs_.empty()) {
        inflate_jobs(to);
        expanded_ += content;
        check_expansion(expanded_, options_, source_);
        if (content > 0) return content;
        continue;  // only empty blocks
      }
      if (!next_piece()) {
        check_end();
        return 0;
      }
    }
  }

  std::uint64_t source_position() const override { return position_; }
  BlockMap* blocks() override { return &map_; }
  const ProblemTally& tally() const override { return tally_; }

 private:
  static constexpr std::size_t k_carry_bytes = k_bgzf_block_bytes_max;
  static constexpr std::size_t k_blocks_per_job = 16;

  /// A part of the file; the unused end of the one before is copied in front of it.
  struct Piece {
    std::vector<std::uint8_t> bytes;
    std::size_t begin = k_carry_bytes;
    std::size_t end = k_carry_bytes;
    bool filled = false;
  };
  struct Block {
    std::span<const std::uint8_t> bytes;
    std::uint64_t file_offset;
    std::size_t content_offset;
    std::size_t content_bytes;
  };

  void read_piece(Piece& piece) {
    if (hasher_ != nullptr) hasher_->drain();  // it may still read what stood here
    const std::size_t count = static_cast<std::size_t>(
        std::min<std::uint64_t>(options_.piece_bytes, source_.size() - read_position_));
    piece.begin = k_carry_bytes;
    piece.end = k_carry_bytes + count;
    piece.filled = true;
    source_.read_at(read_position_, {piece.bytes.data() + piece.begin, count});
    read_position_ += count;
    if (hasher_ != nullptr && count > 0) hasher_->add({piece.bytes.data() + piece.begin, count});
  }

  /// Collects whole blocks of the current piece that fit into `room`; returns their content bytes.
  std::size_t list_blocks(std::size_t room) {
    Piece& piece = pieces_[current_];
    std::size_t content = 0;
    jobs_.clear();
    while (piece.begin < piece.end && !padding_) {
      const std::span<const std::uint8_t> rest(piece.bytes.data() + piece.begin,
                                               piece.end - piece.begin);
      const bool last = read_position_ == source_.size() && !pieces_[1 - current_].filled;
      if (rest.size() < k_bgzf_header_bytes_min && !last) break;
      const std::optional<std::size_t> length = bgzf_block_length(rest);
      if (!length) {
        refuse_or_skip_padding(rest);
        break;
      }
      if (*length > rest.size()) {
        if (!last) break;
        throw problem_error(Problem::bgzf_truncated, source_.name(), {}, place());
      }
      const std::span<const std::uint8_t> block = rest.first(*length);
      const std::size_t bytes = bgzf_content_length(block);
      if (bytes > k_bgzf_block_bytes_max)
        throw problem_error(Problem::bgzf_crc, source_.name(), {}, place());
      if (content + bytes > room) break;
      jobs_.push_back({block, position_, content, bytes});
      map_.append(bytes, *length);
      content += bytes;
      piece.begin += *length;
      position_ += *length;
      ends_with_empty_block_ = bytes == 0;
    }
    return content;
  }

  [[nodiscard]] ProblemPlace place() const {
    return {.byte_offset = static_cast<std::int64_t>(position_)};
  }

  /// Not a block: zero padding to the end of the file is passed over, anything else is refused.
  void refuse_or_skip_padding(std::span<const std::uint8_t> rest) {
    constexpr std::array<std::uint8_t, 4> k_magic = {0x1f, 0x8b, 8, 4};
    const std::size_t common = std::min(rest.size(), k_magic.size());
    if (rest.size() < k_bgzf_header_bytes_min &&
        std::memcmp(rest.data(), k_magic.data(), common) == 0) {
      throw problem_error(Problem::bgzf_truncated, source_.name(), {}, place());
    }
    if (!all_zero(rest))
      throw problem_error(Problem::trailing_garbage, source_.name(), {}, place());
    tally_.add(Problem::trailing_zeros, place());
    padding_ = true;
  }

  void inflate_jobs(std::uint8_t* to) {
    Piece& other = pieces_[1 - current_];
    const bool read_ahead = !other.filled && read_position_ < source_.size();
    const std::size_t jobs = (jobs_.size() + k_blocks_per_job - 1) / k_blocks_per_job;
    parallel_for(
        options_.work, jobs + (read_ahead ? 1 : 0), [&](std::size_t index, std::size_t worker) {
          if (read_ahead && index == 0) {
            read_piece(other);
            return;
          }
          const std::size_t first = (index - (read_ahead ? 1 : 0)) * k_blocks_per_job;
          const std::size_t end = std::min(first + k_blocks_per_job, jobs_.size());
          for (std::size_t at = first; at < end; ++at) {
            const Block& block = jobs_[at];
            if (inflaters_[worker].inflate(block.bytes,
                                           {to + block.content_offset, block.content_bytes}))
              continue;
            throw problem_error(Problem::bgzf_crc, source_.name(), {},
                                {.byte_offset = static_cast<std::int64_t>(block.file_offset)});
          }
        });
  }

  /// Moves on to the piece read ahead; false at the end of the file.
  bool next_piece() {
    Piece& done = pieces_[current_];
    Piece& next = pieces_[1 - current_];
    if (!next.filled) {
      if (read_position_ == source_.size()) return false;
      read_piece(next);
    }
    const std::size_t rest = done.end - done.begin;
    if (padding_) {
      if (!all_zero({next.bytes.data() + next.begin, next.end - next.begin})) {
        throw problem_error(Problem::trailing_garbage, source_.name(), {}, place());
      }
    } else {
      WEIR_ASSERT(rest <= k_carry_bytes);
      std::memcpy(next.bytes.data() + next.begin - rest, done.bytes.data() + done.begin, rest);
      next.begin -= rest;
    }
    done.filled = false;
    current_ = 1 - current_;
    return true;
  }

  void check_end() {
    if (ends_with_empty_block_ || end_reported_) return;
    end_reported_ = true;
    if (!options_.accept_missing_eof)
      throw problem_error(Problem::bgzf_no_eof, source_.name(), {}, place());
    tally_.add(Problem::accepted_no_eof, place());
  }

  const SourceFile& source_;
  SourceHasher* hasher_;
  LoadOptions options_;
  std::vector<BlockInflater> inflaters_;
  std::array<Piece, 2> pieces_;
  std::size_t current_ = 0;
  std::vector<Block> jobs_;
  BlockMap map_;
  std::uint64_t read_position_ = 0;  ///< read from the file
  std::uint64_t position_ = 0;       ///< consumed as blocks
  std::uint64_t expanded_ = 0;
  bool ends_with_empty_block_ = false;
  bool padding_ = false;
  bool end_reported_ = false;
  ProblemTally tally_;
};

}  // namespace

std::unique_ptr<Loader> make_gzip_loader(std::unique_ptr<Loader> inner, const SourceFile& source,
                                         const LoadOptions& options) {
  return std::make_unique<GzipLoader>(std::move(inner), source, options);
}

std::unique_ptr<Loader> make_loader(const SourceFile& source, Container container,
                                    SourceHasher* hasher, const LoadOptions& options) {
  switch (container) {
    case Container::bgzf: return std::make_unique<BgzfLoader>(source, hasher, options);
    case Container::gzip:
      return make_gzip_loader(std::make_unique<PlainLoader>(source, hasher, options), source,
                              options);
    case Container::plain: return std::make_unique<PlainLoader>(source, hasher, options);
  }
  return nullptr;
}

}  // namespace weir::genomics
