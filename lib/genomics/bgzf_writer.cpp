#include "genomics/bgzf_writer.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"

#include <fcntl.h>
#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

namespace weir::genomics {

/// The state that the threads of `write_records` share. A thread takes a batch, fills and
/// compresses it, and puts it among the finished ones; whoever sees the next one in line there, and
/// nobody committing, commits.
struct BgzfWriter::Pipeline {
  std::mutex feed_mutex;
  std::uint64_t assigned = 0;  // guarded by feed_mutex
  bool exhausted = false;      // guarded by feed_mutex

  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::uint64_t, std::unique_ptr<Compressed>> finished;  // guarded by mutex, as all below
  std::vector<std::unique_ptr<Compressed>> spare;
  std::uint64_t next = 0;
  bool committing = false;
  bool failed = false;

  explicit Pipeline(std::size_t batches) {
    for (std::size_t i = 0; i < batches; ++i) spare.push_back(std::make_unique<Compressed>());
  }

  /// Null when another thread failed.
  std::unique_ptr<Compressed> take_spare() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return failed || !spare.empty(); });
    if (failed) return nullptr;
    std::unique_ptr<Compressed> item = std::move(spare.back());
    spare.pop_back();
    return item;
  }

  void give_back(std::unique_ptr<Compressed> item) {
    const std::scoped_lock lock(mutex);
    spare.push_back(std::move(item));
    changed.notify_one();
  }

  void fail() {
    const std::scoped_lock lock(mutex);
    failed = true;
    changed.notify_all();
  }

  bool assign(RecordFeed& feed, Batch& batch) {
    const std::scoped_lock lock(feed_mutex);
    if (exhausted) return false;
    batch.entries.clear();
    batch.number = assigned;
    exhausted = !feed.assign(batch);
    if (!exhausted) ++assigned;
    return !exhausted;
  }
};

BgzfWriter::BgzfWriter(int fd, std::string name, CodecChoice codec, bool with_digest)
    : fd_(fd), name_(std::move(name)), codec_(codec), with_digest_(with_digest) {}

void BgzfWriter::append(const std::vector<std::uint8_t>& bytes) {
  base::write_all(fd_, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name_);
  if (with_digest_) digest_.update(std::span<const std::uint8_t>(bytes));
  file_bytes_ += bytes.size();
  if (with_digest_) send_to_disk();
}

/// Artifacts are synced when they are committed. The disk can begin with it while the processor is
/// busy; a scratch file need never reach it.
void BgzfWriter::send_to_disk() {
  constexpr std::uint64_t k_bytes_at_a_time = std::uint64_t{8} << 20;
  if (file_bytes_ - sent_bytes_ < k_bytes_at_a_time) return;
  // Not every file system can; then the sync has all of it to do.
  static_cast<void>(sync_file_range(fd_, static_cast<off64_t>(sent_bytes_),
                                    static_cast<off64_t>(file_bytes_ - sent_bytes_),
                                    SYNC_FILE_RANGE_WRITE));
  sent_bytes_ = file_bytes_;
}

void BgzfWriter::compress(Compressed& item, BlockDeflater& deflater) {
  item.bytes.clear();
  item.blocks.clear();
  std::span<const std::uint8_t> rest(item.batch.content);
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.size(), k_bgzf_payload_bytes);
    item.blocks.emplace_back(length, deflater.deflate(rest.first(length), item.bytes));
    rest = rest.subspan(length);
  }
}

void BgzfWriter::commit(const Compressed& item, IndexBuilder* index) {
  const std::uint64_t begin = map_.content_bytes();
  for (const auto& [content, block] : item.blocks) map_.append(content, block);
  append(item.bytes);
  records_ += static_cast<std::int64_t>(item.batch.entries.size());
  if (index == nullptr) return;
  for (const IndexEntry& entry : item.batch.entries) {
    index->push(entry.reference, entry.begin, entry.end,
                map_.virtual_offset(begin + entry.end_position), entry.mapped);
  }
}

void BgzfWriter::write_header(std::string_view header, const Work& work) {
  work.check();
  BlockDeflater deflater(codec_);
  Compressed item;
  item.batch.content.assign(header.begin(), header.end());
  compress(item, deflater);
  for (const auto& [content, block] : item.blocks) map_.append(content, block);
  append(item.bytes);
}

void BgzfWriter::write_records(RecordFeed& feed, IndexBuilder* index, const Work& work,
                               std::int64_t total_bytes) {
  Pipeline pipeline(4 * work.threads);
  const std::uint64_t header_bytes = map_.content_bytes();
  const auto commit_ready = [&](std::size_t worker) {
    std::unique_lock lock(pipeline.mutex);
    while (!pipeline.committing && !pipeline.failed) {
      const auto found = pipeline.finished.find(pipeline.next);
      if (found == pipeline.finished.end()) return;
      std::unique_ptr<Compressed> item = std::move(found->second);
      pipeline.finished.erase(found);
      pipeline.committing = true;
      lock.unlock();
      commit(*item, index);
      if (worker + 1 == work.threads) {
        work.report(Stage::write, static_cast<std::int64_t>(map_.content_bytes() - header_bytes),
                    total_bytes);
      }
      lock.lock();
      pipeline.committing = false;
      ++pipeline.next;
      pipeline.spare.push_back(std::move(item));
      pipeline.changed.notify_one();
    }
  };
  run_workers(work, work.threads, [&](std::size_t worker) {
    try {
      BlockDeflater deflater(codec_);
      for (std::unique_ptr<Compressed> item; (item = pipeline.take_spare());) {
        work.check();
        if (!pipeline.assign(feed, item->batch)) {
          pipeline.give_back(std::move(item));
          return;
        }
        feed.fill(item->batch);
        compress(*item, deflater);
        {
          const std::scoped_lock lock(pipeline.mutex);
          const std::uint64_t number = item->batch.number;
          pipeline.finished.emplace(number, std::move(item));
        }
        commit_ready(worker);
      }
    } catch (...) {
      pipeline.fail();
      throw;
    }
  });
  WEIR_ASSERT(pipeline.finished.empty());
}

namespace {

/// Bytes that are there already.
class BytesFeed final : public RecordFeed {
 public:
  explicit BytesFeed(std::string_view bytes) : rest_(bytes) {}
  bool assign(Batch& batch) override {
    const std::string_view part = rest_.substr(0, k_batch_bytes);
    rest_.remove_prefix(part.size());
    batch.content.assign(part.begin(), part.end());
    return !part.empty();
  }
  void fill(Batch&) const override {}

 private:
  std::string_view rest_;
};

}  // namespace

void BgzfWriter::write_bytes(std::string_view bytes, const Work& work) {
  BytesFeed feed(bytes);
  write_records(feed, nullptr, work, 0);
}

void BgzfWriter::finish() {
  append({k_bgzf_end_block.begin(), k_bgzf_end_block.end()});
  if (with_digest_) sha256_ = digest_.finish();
}

}  // namespace weir::genomics
