#include "engine/log_capture.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace weir::engine {
namespace {

constexpr std::size_t k_recent_bytes = 4096;
/// Reads between two looks at the rest of the loop: a chatty program does not starve it.
constexpr int k_reads_per_turn = 8;

}  // namespace

LogCapture::LogCapture(base::EventLoop& loop, Options options)
    : loop_(loop), options_(std::move(options)), pipe_(base::make_pipe()) {
  if (!options_.path.empty()) file_ = base::open_write(options_.path);
  base::set_nonblocking(pipe_.read.get(), true);
  watch_ = loop_.on_readable(pipe_.read.get(), [this] { read_some(); });
}

LogCapture::~LogCapture() {
  if (watch_ != 0) loop_.cancel(watch_);
}

std::filesystem::path LogCapture::tail_path(int which) const {
  return options_.path.string() + ".tail" + std::to_string(which);
}

void LogCapture::read_some() {
  for (int i = 0; i < k_reads_per_turn; ++i) {
    if (!read_once()) return;
  }
}

/// False when there is nothing more to read now.
bool LogCapture::read_once() {
  std::array<char, 65536> buffer;
  const ssize_t got = ::read(pipe_.read.get(), buffer.data(), buffer.size());
  if (got < 0 && errno == EINTR) return true;
  if (got < 0) return false;
  if (got == 0) {  // every writer has gone
    if (watch_ != 0) loop_.cancel(std::exchange(watch_, 0));
    return false;
  }
  const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  if (options_.forward_fd >= 0) write_quietly(options_.forward_fd, bytes);
  if (file_) keep(bytes);
  recent_.append(bytes);
  if (recent_.size() > 2 * k_recent_bytes) recent_.erase(0, recent_.size() - k_recent_bytes);
  if (options_.on_line) cut_lines(bytes);
  return true;
}

void LogCapture::write_quietly(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      dropped_ += static_cast<std::int64_t>(bytes.size());
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void LogCapture::keep(std::string_view bytes) {
  const std::int64_t room = std::max<std::int64_t>(0, options_.bytes_max / 2 - head_bytes_);
  const std::string_view head = bytes.substr(0, static_cast<std::size_t>(room));
  write_quietly(file_.get(), head);
  head_bytes_ += static_cast<std::int64_t>(head.size());
  bytes.remove_prefix(head.size());
  if (!bytes.empty()) keep_tail(bytes);
}

/// The end is kept in two files of a quarter of the cap each; the older one is dropped when the
/// newer is full.
void LogCapture::keep_tail(std::string_view bytes) {
  const std::size_t quarter =
      static_cast<std::size_t>(std::max<std::int64_t>(1, options_.bytes_max / 4));
  if (bytes.size() > 2 * quarter) {  // its beginning would be dropped below, file by file
    dropped_ += static_cast<std::int64_t>(bytes.size() - 2 * quarter);
    bytes.remove_prefix(bytes.size() - 2 * quarter);
  }
  while (!bytes.empty()) {
    if (static_cast<std::size_t>(tail_bytes_) >= quarter) start_next_tail();
    if (!tail_) tail_ = base::open_write(tail_path(1));
    const std::string_view part = bytes.substr(0, quarter - static_cast<std::size_t>(tail_bytes_));
    write_quietly(tail_.get(), part);
    tail_bytes_ += static_cast<std::int64_t>(part.size());
    bytes.remove_prefix(part.size());
  }
}

void LogCapture::start_next_tail() {
  dropped_ += older_bytes_;
  older_bytes_ = std::exchange(tail_bytes_, 0);
  tail_.reset();
  base::rename_file(tail_path(1), tail_path(0));
}

void LogCapture::cut_lines(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    line_.append(
        part.substr(0, options_.line_bytes_max - std::min(line_.size(), options_.line_bytes_max)));
    if (end == std::string_view::npos) return;
    options_.on_line(line_);
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
}

void LogCapture::fold_tail() {
  tail_.reset();
  if (dropped_ > 0) {
    write_quietly(file_.get(), "\n[weir: " + std::to_string(dropped_) + " bytes left out here]\n");
  }
  for (const int which : {0, 1}) {
    const auto text = base::try_read_file(tail_path(which));
    if (text) write_quietly(file_.get(), *text);
    base::remove_file(tail_path(which));
  }
}

void LogCapture::finish() {
  if (!pipe_.read) return;
  while (read_once()) {
  }
  if (watch_ != 0) loop_.cancel(std::exchange(watch_, 0));
  if (options_.on_line && !line_.empty()) options_.on_line(std::exchange(line_, {}));
  if (tail_) fold_tail();
  file_.reset();
  pipe_.read.reset();
}

}  // namespace weir::engine
