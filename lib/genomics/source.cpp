#include "genomics/source.hpp"

#include "base/hash.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <cerrno>
#include <optional>

namespace weir::genomics {

namespace {

/// Files that the kernel makes up as they are read: their size says nothing.
bool is_kernel_file(int fd) {
  struct statfs system {};
  if (fstatfs(fd, &system) != 0) return false;
  return system.f_type == PROC_SUPER_MAGIC || system.f_type == SYSFS_MAGIC;
}

}  // namespace

SourceFile::SourceFile(const ProcessRequest& request)
    : name_(request.name.empty() ? request.source.filename().string() : request.name) {
  fd_ = request.source_fd;
  if (fd_ < 0) {
    // O_NONBLOCK: opening a FIFO must not hang; it is refused below.
    const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (request.follow_links ? 0 : O_NOFOLLOW);
    owned_ = base::Fd(open(request.source.c_str(), flags));
    if (!owned_) throw system_error("open", name_, errno);
    fd_ = owned_.get();
  }
  struct stat status {};
  if (fstat(fd_, &status) != 0) throw system_error("examine", name_, errno);
  if (!S_ISREG(status.st_mode) || is_kernel_file(fd_))
    throw problem_error(Problem::not_regular, name_);
  at_opening_ = identity();
  size_ = at_opening_.size;
  if (size_ == 0) throw problem_error(Problem::empty_source, name_);
}

SourceFile::Identity SourceFile::identity() const {
  struct stat status {};
  if (fstat(fd_, &status) != 0) throw system_error("examine", name_, errno);
  return {static_cast<std::uint64_t>(status.st_size), status.st_dev, status.st_ino,
          status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec};
}

void SourceFile::read_at(std::uint64_t offset, std::span<std::uint8_t> to) const {
  while (!to.empty()) {
    const ssize_t got = pread(fd_, to.data(), to.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error("read", name_, errno);
    if (got == 0) throw problem_error(Problem::source_changed, name_, "it became shorter");
    to = to.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

void SourceFile::check_unchanged() const {
  if (identity() != at_opening_) throw problem_error(Problem::source_changed, name_);
}

SourceHasher::SourceHasher(bool want_md5) : thread_([this, want_md5] { run(want_md5); }) {}

SourceHasher::~SourceHasher() {
  finish();
}

void SourceHasher::run(bool want_md5) {
  base::Digest sha256(base::DigestKind::sha256);
  std::optional<base::Digest> md5;
  if (want_md5) md5.emplace(base::DigestKind::md5);
  while (const auto bytes = queue_.pop()) {
    sha256.update(*bytes);
    if (md5) md5->update(*bytes);
    const std::scoped_lock lock(mutex_);
    ++digested_;
    digested_more_.notify_all();
  }
  sha256_ = sha256.finish();
  if (md5) md5_ = md5->finish();
}

std::uint64_t SourceHasher::add(std::span<const std::uint8_t> bytes) {
  std::uint64_t ticket = 0;
  {
    const std::scoped_lock lock(mutex_);
    ticket = ++added_;
  }
  queue_.push(bytes);
  return ticket;
}

void SourceHasher::wait_for(std::uint64_t ticket) {
  std::unique_lock lock(mutex_);
  digested_more_.wait(lock, [&] { return digested_ >= ticket; });
}

void SourceHasher::drain() {
  std::unique_lock lock(mutex_);
  digested_more_.wait(lock, [&] { return digested_ == added_; });
}

void SourceHasher::finish() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

}  // namespace weir::genomics
