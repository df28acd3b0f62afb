// One `load` is one parallel job. Its workers share two roles: one of them at a time is the reader,
// which reads a piece of the file, finds the blocks in it and says where each one's content
// belongs; the others inflate what was found, a few blocks at a time. Nobody waits for a piece to
// be finished: pieces go round in a ring, and one is read into again when its blocks are inflated
// and hashed.
#include "genomics/bgzf_loader.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <vector>

namespace weir::genomics {
namespace {

constexpr std::size_t k_carry_bytes = k_bgzf_block_bytes_max;
constexpr std::size_t k_piece_bytes_max = std::size_t{1} << 20;
constexpr std::size_t k_blocks_per_job = 4;

bool all_zero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

struct Block {
  std::span<const std::uint8_t> bytes;
  std::uint64_t file_offset = 0;
  std::span<std::uint8_t> content;  ///< where it belongs
};

/// A part of the file; the unused end of the one before is copied in front of it.
struct Piece {
  std::vector<std::uint8_t> bytes;
  std::size_t begin = 0;  ///< of what is not listed yet
  std::size_t end = 0;
  std::uint64_t ticket = 0;  ///< of the hasher
  std::vector<Block> blocks;
  std::size_t blocks_open = 0;  ///< not inflated yet
  bool listing = false;         ///< the reader may add blocks

  [[nodiscard]] std::span<const std::uint8_t> rest() const {
    return {bytes.data() + begin, end - begin};
  }
};

/// Finds blocks in the file, from front to back. Serves one thread at a time.
class BlockReader {
 public:
  BlockReader(const SourceFile& source, SourceHasher* hasher, const LoadOptions& options)
      : source_(source),
        hasher_(hasher),
        options_(options),
        piece_bytes_(std::min(options.piece_bytes, k_piece_bytes_max)) {}

  [[nodiscard]] std::size_t piece_bytes() const { return piece_bytes_; }
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] BlockMap& map() { return map_; }
  [[nodiscard]] const ProblemTally& tally() const { return tally_; }
  [[nodiscard]] bool at_end() const { return ended_; }

  /// Reads the next part of the file into a free piece.
  void fill(Piece& piece) {
    options_.work.check();
    if (hasher_ != nullptr) hasher_->wait_for(piece.ticket);
    const std::size_t count = static_cast<std::size_t>(
        std::min<std::uint64_t>(piece_bytes_, source_.size() - read_position_));
    piece.bytes.resize(k_carry_bytes + piece_bytes_);
    piece.begin = k_carry_bytes - carry_.size();
    piece.end = k_carry_bytes + count;
    if (!carry_.empty())
      std::memcpy(piece.bytes.data() + piece.begin, carry_.data(), carry_.size());
    carry_.clear();
    const std::span<std::uint8_t> fresh(piece.bytes.data() + k_carry_bytes, count);
    source_.read_at(read_position_, fresh);
    read_position_ += count;
    if (hasher_ != nullptr && count > 0) piece.ticket = hasher_->add(fresh);
    if (padding_ && !all_zero(fresh))
      throw problem_error(Problem::trailing_garbage, source_.name(), {}, place());
  }

  enum class Listed { all, no_room };
  /// Appends the blocks of the piece to its list, content to go to `to`, which moves on.
  Listed list(Piece& piece, std::span<std::uint8_t>& to) {
    const bool last = read_position_ == source_.size();
    while (piece.begin < piece.end && !padding_) {
      const std::optional<std::size_t> length = block_length(piece.rest(), last);
      if (!length) break;
      const std::span<const std::uint8_t> block = piece.rest().first(*length);
      const std::size_t bytes = bgzf_content_length(block);
      if (bytes > k_bgzf_block_bytes_max)
        throw problem_error(Problem::bgzf_crc, source_.name(), {}, place());
      if (bytes > to.size()) return Listed::no_room;
      piece.blocks.push_back({block, position_, to.first(bytes)});
      to = to.subspan(bytes);
      map_.append(bytes, *length);
      piece.begin += *length;
      position_ += *length;
      ends_with_empty_block_ = bytes == 0;
      check_expansion(map_.content_bytes(), options_, source_);
    }
    if (!padding_) carry_.assign(piece.rest().begin(), piece.rest().end());
    ended_ = last;
    return Listed::all;
  }

  void check_end() {
    if (ends_with_empty_block_ || end_reported_) return;
    end_reported_ = true;
    if (!options_.accept_missing_eof)
      throw problem_error(Problem::bgzf_no_eof, source_.name(), {}, place());
    tally_.add(Problem::accepted_no_eof, place());
  }

 private:
  /// Of the block that `rest` begins with; nothing when it is not there wholly, or is padding.
  std::optional<std::size_t> block_length(std::span<const std::uint8_t> rest, bool last) {
    if (rest.size() < k_bgzf_header_bytes_min && !last) return std::nullopt;
    const std::optional<std::size_t> length = bgzf_block_length(rest);
    if (!length) {
      refuse_or_skip_padding(rest);
      return std::nullopt;
    }
    if (*length <= rest.size()) return length;
    if (last) throw problem_error(Problem::bgzf_truncated, source_.name(), {}, place());
    return std::nullopt;
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

  [[nodiscard]] ProblemPlace place() const {
    return {.byte_offset = static_cast<std::int64_t>(position_)};
  }

  const SourceFile& source_;
  SourceHasher* hasher_;
  LoadOptions options_;
  std::size_t piece_bytes_;
  std::vector<std::uint8_t> carry_;  ///< a block that the next piece completes
  BlockMap map_;
  std::uint64_t read_position_ = 0;  ///< read from the file
  std::uint64_t position_ = 0;       ///< listed as blocks
  bool ended_ = false;               ///< all of the file was listed
  bool ends_with_empty_block_ = false;
  bool padding_ = false;
  bool end_reported_ = false;
  ProblemTally tally_;
};

class BgzfLoader final : public Loader {
 public:
  BgzfLoader(const SourceFile& source, SourceHasher* hasher, const LoadOptions& options)
      : source_(source),
        work_(options.work),
        reader_(source, hasher, options),
        inflaters_(options.work.threads),
        pieces_(options.work.threads + 2),
        drain_(hasher) {
    for (Piece& piece : pieces_) free_.push_back(&piece);
  }

  std::size_t load(std::uint8_t* to, std::size_t room) override {
    room_ = {to, room};
    room_left_ = true;
    run_workers(work_, work_.threads, [this](std::size_t worker) { take_part(worker); });
    if (inflate_error_) std::rethrow_exception(inflate_error_);
    if (reader_error_) std::rethrow_exception(reader_error_);
    const std::size_t got = room - room_.size();
    if (got == 0) reader_.check_end();
    return got;
  }

  std::uint64_t source_position() const override { return reader_.position(); }
  BlockMap* blocks() override { return &reader_.map(); }
  const ProblemTally& tally() const override { return reader_.tally(); }

 private:
  struct Job {
    Piece* piece;
    std::size_t first;
    std::size_t count;
  };

  void take_part(std::size_t worker) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (may_read()) {
        read(worker, lock);
      } else if (!jobs_.empty()) {
        const Job job = jobs_.front();
        jobs_.pop_front();
        inflate(job, worker, lock);
      } else if (reading_ || jobs_open_ > 0) {
        changed_.wait(lock);
      } else {
        return;
      }
    }
  }

  [[nodiscard]] bool may_read() const {
    return !reading_ && !failed() && room_left_ && !reader_.at_end() &&
           (current_ != nullptr || !free_.empty());
  }
  [[nodiscard]] bool failed() const { return reader_error_ || inflate_error_; }

  /// The reader's role: lists what the current piece still has, or reads another one.
  void read(std::size_t worker, std::unique_lock<std::mutex>& lock) {
    reading_ = true;
    const bool fresh = current_ == nullptr;
    if (fresh) {
      current_ = free_.back();
      free_.pop_back();
    }
    Piece& piece = *current_;
    piece.listing = true;
    lock.unlock();
    BlockReader::Listed listed = BlockReader::Listed::all;
    std::exception_ptr error;
    const std::size_t known = fresh ? 0 : piece.blocks.size();
    try {
      if (fresh) {
        piece.blocks.clear();
        reader_.fill(piece);
      }
      listed = reader_.list(piece, room_);
      if (worker + 1 == work_.threads) {  // the thread that called us
        work_.report(Stage::load, static_cast<std::int64_t>(reader_.position()),
                     static_cast<std::int64_t>(source_.size()));
      }
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    reading_ = false;
    reader_error_ = error;
    room_left_ = listed == BlockReader::Listed::all;
    add_jobs(piece, known);
    if (room_left_) {
      piece.listing = false;
      current_ = nullptr;
      give_back_if_done(piece);
    }
    changed_.notify_all();
  }

  void add_jobs(Piece& piece, std::size_t first) {
    piece.blocks_open += piece.blocks.size() - first;
    for (; first < piece.blocks.size(); first += k_blocks_per_job) {
      jobs_.push_back({&piece, first, std::min(k_blocks_per_job, piece.blocks.size() - first)});
      ++jobs_open_;
    }
  }

  void give_back_if_done(Piece& piece) {
    if (piece.listing || piece.blocks_open > 0) return;
    free_.push_back(&piece);
  }

  void inflate(const Job& job, std::size_t worker, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    const Block* damaged = nullptr;
    for (std::size_t i = job.first; i < job.first + job.count && damaged == nullptr; ++i) {
      const Block& block = job.piece->blocks[i];
      if (!inflaters_[worker].inflate(block.bytes, block.content)) damaged = &block;
    }
    lock.lock();
    if (damaged != nullptr) keep_damage(*damaged);
    job.piece->blocks_open -= job.count;
    --jobs_open_;
    const bool piece_is_free = !job.piece->listing && job.piece->blocks_open == 0;
    give_back_if_done(*job.piece);
    if (piece_is_free || jobs_open_ == 0) changed_.notify_all();
  }

  /// The first damaged block of the file is told, whoever met it.
  void keep_damage(const Block& block) {
    if (inflate_error_ && block.file_offset > damaged_at_) return;
    damaged_at_ = block.file_offset;
    inflate_error_ = std::make_exception_ptr(
        problem_error(Problem::bgzf_crc, source_.name(), {},
                      {.byte_offset = static_cast<std::int64_t>(block.file_offset)}));
  }

  const SourceFile& source_;
  Work work_;
  BlockReader reader_;  ///< of the thread that has the role
  std::vector<BlockInflater> inflaters_;
  std::vector<Piece> pieces_;
  const DrainAtEnd drain_;  ///< of the pieces

  std::mutex mutex_;
  std::condition_variable changed_;
  std::span<std::uint8_t> room_;  ///< of the reader
  bool room_left_ = true;         ///< guarded by mutex_, as all below
  bool reading_ = false;
  Piece* current_ = nullptr;  ///< read, but not listed to its end
  std::vector<Piece*> free_;
  std::deque<Job> jobs_;
  std::size_t jobs_open_ = 0;  ///< in the queue or being worked on
  std::exception_ptr reader_error_;
  std::exception_ptr inflate_error_;
  std::uint64_t damaged_at_ = 0;
};

}  // namespace

std::unique_ptr<Loader> make_bgzf_loader(const SourceFile& source, SourceHasher* hasher,
                                         const LoadOptions& options) {
  return std::make_unique<BgzfLoader>(source, hasher, options);
}

}  // namespace weir::genomics
