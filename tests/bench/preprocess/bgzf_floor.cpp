// The floor of any sort of a BGZF file: the source's blocks inflated and the sorted file's content
// deflated by the same codec, with nothing in between.
//
//   bench_bgzf_floor SOURCE SORTED LEVEL THREADS
//
// LEVEL is libdeflate's, "lines6" for the coder of repeating lines at its level 6, or "fast" for
// ISA-L. Prints the wall and the CPU seconds of that; making the sorted content ready in memory
// before it does not count.
//
//   bench_bgzf_floor SOURCE                 only inflates, with two threads
#include "genomics/bgzf.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace {

using namespace weir::genomics;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t k_blocks_per_job = 8;

/// Whole blocks to inflate, or content to deflate.
struct Job {
  std::span<const std::uint8_t> bytes;
  bool deflate = false;
};

std::span<const std::uint8_t> map_file(const char* path) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (fd < 0 || fstat(fd, &status) != 0) std::exit(1);
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (mapped == MAP_FAILED) std::exit(1);
  return {static_cast<const std::uint8_t*>(mapped), size};
}

std::size_t block_length(std::span<const std::uint8_t> rest) {
  const std::optional<std::size_t> length = bgzf_block_length(rest);
  if (!length || *length > rest.size()) std::exit(1);
  return *length;
}

std::vector<Job> inflate_jobs(std::span<const std::uint8_t> file) {
  std::vector<Job> jobs;
  std::size_t begin = 0;
  std::size_t blocks = 0;
  for (std::size_t at = 0; at < file.size();) {
    at += block_length(file.subspan(at));
    if (++blocks % k_blocks_per_job == 0 || at == file.size()) {
      jobs.push_back({file.subspan(begin, at - begin)});
      begin = at;
    }
  }
  return jobs;
}

/// Calls `use` with the content of each block.
template <typename Use>
void inflate(std::span<const std::uint8_t> blocks, const Use& use) {
  BlockInflater inflater;
  Bytes content(k_bgzf_block_bytes_max);
  while (!blocks.empty()) {
    const std::span<const std::uint8_t> block = blocks.first(block_length(blocks));
    const std::span<std::uint8_t> to(content.data(), bgzf_content_length(block));
    if (to.size() > content.size() || !inflater.inflate(block, to)) std::exit(1);
    use(to);
    blocks = blocks.subspan(block.size());
  }
}

Bytes content_of(std::span<const std::uint8_t> file) {
  Bytes all;
  inflate(file, [&](std::span<const std::uint8_t> block) {
    all.insert(all.end(), block.begin(), block.end());
  });
  return all;
}

void add_deflate_jobs(std::span<const std::uint8_t> content, std::vector<Job>& jobs) {
  while (!content.empty()) {
    const std::size_t bytes = std::min(content.size(), k_blocks_per_job * k_bgzf_payload_bytes);
    jobs.push_back({content.first(bytes), true});
    content = content.subspan(bytes);
  }
}

class Worker {
 public:
  explicit Worker(std::string_view level) {
    if (level == "fast") {
      deflater_.emplace(CodecChoice{.codec = Codec::isal});
    } else {
      constexpr std::string_view k_lines = "lines";  // the codec of texts such as GFF
      const bool lines = level.starts_with(k_lines);
      if (lines) level.remove_prefix(k_lines.size());
      deflater_.emplace(CodecChoice{.level = std::atoi(std::string(level).c_str()),
                                    .lines_repeat = lines});
    }
  }

  void work(const std::vector<Job>& jobs, std::atomic<std::size_t>& next) {
    for (std::size_t at = 0; (at = next++) < jobs.size();) {
      if (jobs[at].deflate) {
        deflate(jobs[at].bytes);
      } else {
        inflate(jobs[at].bytes, [](std::span<const std::uint8_t>) {});
      }
    }
  }

 private:
  void deflate(std::span<const std::uint8_t> content) {
    deflated_.clear();
    while (!content.empty()) {
      const std::size_t bytes = std::min(content.size(), k_bgzf_payload_bytes);
      deflater_->deflate(content.first(bytes), deflated_);
      content = content.subspan(bytes);
    }
  }

  std::optional<BlockDeflater> deflater_;
  Bytes deflated_;
};

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 5) return 2;
  const bool with_deflate = argc == 5;
  std::vector<Job> jobs = inflate_jobs(map_file(argv[1]));
  Bytes sorted;
  if (with_deflate) sorted = content_of(map_file(argv[2]));
  add_deflate_jobs(sorted, jobs);
  const double wall = seconds(CLOCK_MONOTONIC);
  const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < (with_deflate ? std::atoi(argv[4]) : 2); ++i)
    threads.emplace_back([&] { Worker(with_deflate ? argv[3] : "1").work(jobs, next); });
  for (std::thread& thread : threads) thread.join();
  std::printf("%.6f %.6f\n", seconds(CLOCK_MONOTONIC) - wall,
              seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  return 0;
}
