#pragma once

#include "base/hash.hpp"
#include "genomics/bgzf.hpp"
#include "genomics/hts/index_builder.hpp"
#include "genomics/work.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::genomics {

/// What the index needs of one written record.
struct IndexEntry {
  std::int64_t reference = 0;  ///< number in the index; -1 without place
  std::int64_t begin = 0;      ///< 0-based half-open
  std::int64_t end = 0;
  std::uint64_t end_position =
      0;  ///< where the record ends, counted in content bytes from its batch's begin
  bool mapped = true;
};

/// A stretch of the output that one thread fills and compresses.
struct Batch {
  std::uint64_t number = 0;           ///< 0, 1, 2, …
  std::vector<std::uint8_t> content;  ///< whole blocks, but for the last batch
  std::vector<IndexEntry> entries;    ///< of the records that end in it
  // For feeds that only say what to copy when they assign:
  std::size_t first = 0;          ///< index of the first record that reaches in
  std::size_t skip_bytes = 0;     ///< of that record, already in the batch before
  std::size_t content_bytes = 0;  ///< that `fill` will make
};

constexpr std::size_t k_batch_bytes = 2 * k_bgzf_payload_bytes;

/// Where records come from, in output order.
class RecordFeed {
 public:
  virtual ~RecordFeed() = default;
  /// Determines the next batch (exactly `k_batch_bytes` of content unless it is the last); false at
  /// the end. Called by one thread at a time.
  [[nodiscard]] virtual bool assign(Batch& batch) = 0;
  /// Makes its content and entries. Called by several threads at a time, for different batches.
  virtual void fill(Batch& batch) const = 0;
};

/// Writes one BGZF file: the header in blocks of its own, then records, then the end block. Its
/// bytes depend on the content and the codec only, not on threads or batches.
class BgzfWriter {
 public:
  /// Writes at the descriptor's position (borrowed); `name` stands in messages. Without digest,
  /// `sha256` stays empty.
  BgzfWriter(int fd, std::string name, CodecChoice codec, bool with_digest = true);

  void write_header(std::string_view header, const Work& work);
  /// All records of a feed; pushes every entry to `index` (may be null), which must have been made
  /// at `virtual_position()`. `total_bytes` is for the progress observer.
  void write_records(RecordFeed& feed, IndexBuilder* index, const Work& work,
                     std::int64_t total_bytes);
  /// Bytes without records.
  void write_bytes(std::string_view bytes, const Work& work);
  /// Writes the end block. Nothing may follow.
  void finish();

  /// Virtual offset of the next byte.
  [[nodiscard]] std::uint64_t virtual_position() const { return map_.file_bytes() << 16; }
  [[nodiscard]] std::uint64_t file_bytes() const { return file_bytes_; }
  [[nodiscard]] std::uint64_t content_bytes() const { return map_.content_bytes(); }
  [[nodiscard]] std::int64_t records() const { return records_; }
  /// Of the whole file; after `finish`.
  [[nodiscard]] const std::string& sha256() const { return sha256_; }

 private:
  struct Compressed {
    Batch batch;
    std::vector<std::uint8_t> bytes;
    std::vector<std::pair<std::size_t, std::size_t>> blocks;  ///< content and block length
  };
  struct Pipeline;

  static void compress(Compressed& item, BlockDeflater& deflater);
  void commit(const Compressed& item, IndexBuilder* index);
  void append(const std::vector<std::uint8_t>& bytes);
  void send_to_disk();

  int fd_;
  std::string name_;
  CodecChoice codec_;
  bool with_digest_;
  BlockMap map_;
  base::Digest digest_{base::DigestKind::sha256};
  std::uint64_t file_bytes_ = 0;
  std::uint64_t sent_bytes_ = 0;  ///< on the way to the disk
  std::int64_t records_ = 0;
  std::string sha256_;
};

}  // namespace weir::genomics
