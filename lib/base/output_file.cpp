#include "base/output_file.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <limits>
#include <system_error>
#include <thread>

namespace weir::base {
namespace {

Error misnamed(const fs::path& path, int error_number) {
  return {ErrorKind::usage, system_error("write to", path.native(), error_number).message()};
}

/// The number in a name of one of this process's own descriptors: /dev/stdout, /dev/fd/3,
/// /proc/self/fd/3. One that cannot be a descriptor is -1.
std::optional<int> descriptor_of(const fs::path& path) {
  std::error_code none;
  const fs::path folder = fs::canonical(path.parent_path(), none);
  if (none || folder != fs::canonical("/proc/self/fd", none)) return std::nullopt;
  const std::optional<std::int64_t> number = parse_int64(path.filename().native());
  if (!number.has_value()) return std::nullopt;
  const bool is_possible = *number >= 0 && *number <= std::numeric_limits<int>::max();
  return is_possible ? static_cast<int>(*number) : -1;
}

/// One more end of the same open file, so that it is written on from where it is. Only of what the
/// caller gave: a descriptor of our own, which may be a database, is closed on execution.
Fd duplicate(int fd, const fs::path& path) {
  const int flags = ::fcntl(fd, F_GETFD);
  const bool is_ours = flags >= 0 && (static_cast<unsigned>(flags) & FD_CLOEXEC) != 0;
  Fd copy(is_ours ? -1 : ::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy) throw misnamed(path, EBADF);
  return copy;
}

}  // namespace

Fd open_special(const fs::path& path, std::chrono::milliseconds reader_wait) {
  constexpr std::chrono::milliseconds k_look_interval{10};
  const BootTime until = now_boot() + reader_wait;
  for (;;) {
    Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (fd) {
      const int flags = ::fcntl(fd.get(), F_GETFL);
      if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags & ~O_NONBLOCK) != 0)
        throw system_error("write to", path.native(), errno);
      return fd;
    }
    const int error_number = errno;
    const std::optional<FileInfo> info = file_info(path);
    const bool lacks_reader =
        error_number == ENXIO && info.has_value() && info->type == FileInfo::Type::fifo;
    if (!lacks_reader) throw system_error("write to", path.native(), error_number);
    if (now_boot() >= until)
      throw Error(ErrorKind::usage, "nobody reads from '" + path.native() + "'");
    std::this_thread::sleep_for(k_look_interval);
  }
}

OutputFile::OutputFile(const fs::path& path) : path_(path) {
  constexpr int k_links_max = 40;  // as the kernel's
  fs::path end = path.is_absolute() ? path : fs::current_path() / path;
  for (int links = 0;; ++links) {
    if (const std::optional<int> number = descriptor_of(end)) {
      special_ = duplicate(*number, path);
      return;
    }
    const std::optional<FileInfo> info = file_info(end, FollowLinks::no);
    if (!info.has_value() || info->type != FileInfo::Type::symlink) break;
    if (links == k_links_max) throw misnamed(path, ELOOP);
    std::error_code failure;
    end = end.parent_path() / fs::read_symlink(end, failure);
    if (failure) throw misnamed(path, failure.value());
  }
  const std::optional<FileInfo> info = file_info(end);
  if (info.has_value() && info->type == FileInfo::Type::directory) throw misnamed(path, EISDIR);
  if (info.has_value() && info->type != FileInfo::Type::regular) {
    special_ = open_special(end);
    return;
  }
  const std::optional<FileInfo> folder = file_info(end.parent_path());
  if (!end.has_filename() || !folder.has_value()) throw misnamed(path, ENOENT);
  if (folder->type != FileInfo::Type::directory) throw misnamed(path, ENOTDIR);
  plain_.emplace(end);
}

int OutputFile::fd() const {
  return plain_.has_value() ? plain_->fd() : special_.get();
}

void OutputFile::write(std::string_view bytes) {
  write_all(fd(), bytes, path_.native());
}

void OutputFile::commit(Durable durable) {
  if (plain_.has_value()) plain_->commit(durable);
  special_.reset();
}

void write_output(const fs::path& path, std::string_view content) {
  OutputFile file(path);
  file.write(content);
  file.commit(Durable::no);
}

}  // namespace weir::base
