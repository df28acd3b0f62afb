// The floor of any sort of a BGZF file: its blocks inflated and deflated again by the same codec,
// with nothing in between. Give it the sorted file, whose bytes compress as the result must.
//
//   bench_bgzf_floor FILE LEVEL THREADS     LEVEL: libdeflate's, "fast" for ISA-L, 0: inflate only
#include "genomics/bgzf.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
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

struct Job {
  std::span<const std::uint8_t> bytes;
};

std::vector<Job> jobs_of(std::span<const std::uint8_t> file) {
  std::vector<Job> jobs;
  std::size_t begin = 0;
  std::size_t blocks = 0;
  for (std::size_t at = 0; at < file.size();) {
    const std::optional<std::size_t> length = bgzf_block_length(file.subspan(at));
    if (!length) return {};
    at += *length;
    if (++blocks % k_blocks_per_job == 0 || at == file.size()) {
      jobs.push_back({file.subspan(begin, at - begin)});
      begin = at;
    }
  }
  return jobs;
}

void work(const std::vector<Job>& jobs, std::atomic<std::size_t>& next, std::string_view level) {
  BlockInflater inflater;
  std::optional<BlockDeflater> deflater;
  if (level == "fast") deflater.emplace(Codec::isal, 1);
  if (level != "fast" && level != "0")
    deflater.emplace(Codec::libdeflate, std::atoi(std::string(level).c_str()));
  Bytes content(k_bgzf_block_bytes_max);
  Bytes deflated;
  for (std::size_t at = 0; (at = next++) < jobs.size();) {
    deflated.clear();
    for (std::span<const std::uint8_t> rest = jobs[at].bytes; !rest.empty();) {
      const std::span<const std::uint8_t> block = rest.first(*bgzf_block_length(rest));
      const std::size_t bytes = bgzf_content_length(block);
      if (bytes > content.size() || !inflater.inflate(block, {content.data(), bytes})) std::exit(1);
      // A foreign block may be a little larger than ours are.
      if (deflater)
        deflater->deflate({content.data(), std::min(bytes, k_bgzf_payload_bytes)}, deflated);
      rest = rest.subspan(block.size());
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (fd < 0 || fstat(fd, &status) != 0) return 1;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* const mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (mapped == MAP_FAILED) return 1;
  const std::span<const std::uint8_t> file(static_cast<const std::uint8_t*>(mapped), size);
  const std::vector<Job> jobs = jobs_of(file);
  if (jobs.empty()) return 1;
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < std::atoi(argv[3]); ++i)
    threads.emplace_back([&] { work(jobs, next, argv[2]); });
  for (std::thread& thread : threads) thread.join();
  return 0;
}
