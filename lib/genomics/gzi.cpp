#include "genomics/gzi.hpp"

#include "base/file.hpp"
#include "genomics/bgzf.hpp"
#include "genomics/problem.hpp"
#include "genomics/whole_file.hpp"

#include <unistd.h>
#include <array>
#include <cerrno>
#include <vector>

namespace weir::genomics {
namespace {

void append_u64(std::string& to, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8)
    to.push_back(static_cast<char>(value >> shift & 0xff));
}

void read_at(int fd, std::uint64_t offset, std::span<std::uint8_t> to, const std::string& name) {
  while (!to.empty()) {
    const ssize_t got = pread(fd, to.data(), to.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw system_error("read", name, got < 0 ? errno : EIO);
    to = to.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

}  // namespace

std::string make_gzi(int fd, std::uint64_t file_bytes, const std::string& name) {
  std::string entries;
  std::uint64_t count = 0;
  std::uint64_t content = 0;
  std::array<std::uint8_t, k_bgzf_header_bytes_min> header{};
  for (std::uint64_t at = 0; at + header.size() <= file_bytes;) {
    read_at(fd, at, header, name);
    const std::optional<std::size_t> length = bgzf_block_length(header);
    if (!length || *length > file_bytes - at)
      throw Error(ErrorKind::input, "only BGZF data has block positions to note")
          .with_code("not_bgzf")
          .at({.file = name});
    std::array<std::uint8_t, 4> tail{};
    read_at(fd, at + *length - tail.size(), tail, name);
    const std::size_t bytes = bgzf_content_length(tail);
    if (at > 0 && bytes > 0) {  // the end block is no block of data
      append_u64(entries, at);
      append_u64(entries, content);
      ++count;
    }
    content += bytes;
    at += *length;
  }
  std::string gzi;
  append_u64(gzi, count);
  return gzi + entries;
}

void add_gzi(const ProcessRequest& request, const SourceFile& source, ProcessReport& report) {
  if (request.gzi_path.empty()) return;
  if (report.reused_source) {
    base::write_file(request.gzi_path, make_gzi(source.fd(), source.size(), source.name()));
  } else {
    const base::Fd data = base::open_read(request.data_path);
    const std::optional<base::FileInfo> info = base::file_info(request.data_path);
    const auto bytes = static_cast<std::uint64_t>(info ? info->size_bytes : 0);
    base::write_file(request.gzi_path, make_gzi(data.get(), bytes, source.name()));
  }
  report_output(report, ArtifactKind::gzi, request.gzi_path);
}

}  // namespace weir::genomics
