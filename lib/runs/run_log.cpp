#include "runs/run_log.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "runs/log_text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace weir::runs {
namespace {

namespace fs = std::filesystem;

// A new record at least so often, so that times are known about as well.
constexpr std::chrono::seconds k_record_interval{1};
constexpr std::size_t k_block_bytes = std::size_t{256} << 10;

std::int64_t size_of_file(const fs::path& path) {
  const auto info = base::file_info(path);
  return info.has_value() ? info->size_bytes : 0;
}

std::optional<OrderRecord> parse_record(std::string_view line) {
  const std::vector<std::string_view> words = base::split(line, ' ');
  if (words.size() != 4 || (words[0] != "O" && words[0] != "E")) return std::nullopt;
  const auto out = base::parse_int64(words[1]);
  const auto err = base::parse_int64(words[2]);
  const auto at = base::parse_int64(words[3]);
  if (!out || !err || !at) return std::nullopt;
  return OrderRecord{words[0] == "O" ? Stream::out : Stream::err, *out, *err,
                     base::from_millis(*at)};
}

std::vector<OrderRecord> read_order(const fs::path& folder) {
  std::vector<OrderRecord> records;
  const auto text = base::try_read_file(folder / "order.log");
  if (!text.has_value()) return records;
  for (const std::string_view line : base::split(*text, '\n')) {
    if (const auto record = parse_record(line); record.has_value()) records.push_back(*record);
  }
  return records;
}

ssize_t read_at(int fd, char* buffer, std::size_t size, std::int64_t offset) {
  ssize_t got = 0;
  do {
    got = ::pread(fd, buffer, size, offset);
  } while (got < 0 && errno == EINTR);
  return got;
}

}  // namespace

RunLog::RunLog(const fs::path& folder)
    : folder_(folder),
      out_(base::open_append(folder / "stdout.log")),
      err_(base::open_append(folder / "stderr.log")),
      order_(base::open_append(folder / "order.log")),
      out_bytes_(size_of_file(folder / "stdout.log")),
      err_bytes_(size_of_file(folder / "stderr.log")) {}

void RunLog::begin_record(Stream stream) {
  const base::WallTime now = base::now_wall();
  if (last_ == stream && now - last_at_ < k_record_interval && now >= last_at_) return;
  last_ = stream;
  last_at_ = now;
  base::write_all(order_.get(),
                  fmt::format("{} {} {} {}\n", stream == Stream::out ? 'O' : 'E', out_bytes_,
                              err_bytes_, base::to_millis(now)),
                  "order.log");
}

void RunLog::write(Stream stream, std::string_view bytes) {
  if (bytes.empty()) return;
  begin_record(stream);
  const bool out = stream == Stream::out;
  base::write_all(out ? out_.get() : err_.get(), bytes, out ? "stdout.log" : "stderr.log");
  (out ? out_bytes_ : err_bytes_) += static_cast<std::int64_t>(bytes.size());
}

bool RunLog::note_growth() {
  const std::int64_t out = size_of_file(folder_ / "stdout.log");
  const std::int64_t err = size_of_file(folder_ / "stderr.log");
  const bool grew = out > out_bytes_ || err > err_bytes_;
  if (out > out_bytes_) begin_record(Stream::out);
  out_bytes_ = out;
  if (err > err_bytes_) begin_record(Stream::err);
  err_bytes_ = err;
  return grew;
}

RunLogReader::RunLogReader(fs::path folder, Which which, const jobs::Cursor& from)
    : folder_(std::move(folder)), which_(which), position_(from) {}

std::int64_t& RunLogReader::offset_of(Stream stream) {
  return stream == Stream::out ? position_.out : position_.err;
}

/// The present size of a log, opened when it appears; the position goes back to its beginning when
/// it is another file than before or has become shorter.
std::int64_t RunLogReader::size_of(Source& source, std::int64_t& position) {
  const auto info = base::file_info(folder_ / source.name);
  if (!info.has_value()) return source.fd ? position : 0;
  if (!source.fd || info->inode != source.inode) {
    if (source.fd) {
      ++restarts_;
      position = 0;
    }
    source.fd = base::open_read(folder_ / source.name);
    source.inode = info->inode;
  }
  if (info->size_bytes < position) {
    ++restarts_;
    position = 0;
  }
  return info->size_bytes;
}

void RunLogReader::load_order() {
  const fs::path file = folder_ / "order.log";
  const std::int64_t size = size_of_file(file);
  if (size <= order_read_) return;
  const base::Fd fd = base::open_read(file);
  std::string text(static_cast<std::size_t>(size - order_read_), '\0');
  const ssize_t got = read_at(fd.get(), text.data(), text.size(), order_read_);
  if (got <= 0) return;
  order_read_ += got;
  order_rest_.append(text, 0, static_cast<std::size_t>(got));
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = order_rest_.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    const auto record = parse_record(std::string_view(order_rest_).substr(begin, end - begin));
    if (record.has_value()) order_.push_back(*record);
  }
  order_rest_.erase(0, begin);
}

bool RunLogReader::read_up_to(Stream stream, std::int64_t end, base::WallTime at,
                              const Handler& handler) {
  std::int64_t& position = offset_of(stream);
  Source& source = stream == Stream::out ? out_ : err_;
  buffer_.resize(k_block_bytes);
  while (source.fd && position < end) {
    const std::size_t wanted = std::min(buffer_.size(), static_cast<std::size_t>(end - position));
    const ssize_t got = read_at(source.fd.get(), buffer_.data(), wanted, position);
    if (got < 0) throw system_error("read", (folder_ / source.name).string(), errno);
    if (got == 0) return true;
    position += got;
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    if (!handler({.stream = stream, .bytes = bytes, .at = at})) return false;
  }
  return true;
}

/// Sizes are taken before the records are read: what lies within them and belongs to a later
/// segment has its record already.
bool RunLogReader::read(const Handler& handler) {
  const std::int64_t out_size = which_ == Which::err ? 0 : size_of(out_, position_.out);
  const std::int64_t err_size = which_ == Which::out ? 0 : size_of(err_, position_.err);
  load_order();
  const auto wanted = [&](Stream stream) {
    return which_ == Which::both || (which_ == Which::out) == (stream == Stream::out);
  };
  const auto size = [&](Stream stream) { return stream == Stream::out ? out_size : err_size; };
  for (; segment_ < order_.size(); ++segment_) {
    const OrderRecord& record = order_[segment_];
    const bool last = segment_ + 1 == order_.size();
    const std::int64_t next =
        last ? size(record.stream)
             : (record.stream == Stream::out ? order_[segment_ + 1].out : order_[segment_ + 1].err);
    if (wanted(record.stream) &&
        !read_up_to(record.stream, std::min(next, size(record.stream)), record.at, handler)) {
      return false;
    }
    if (last) break;
    if (wanted(record.stream) && offset_of(record.stream) < next) return true;  // not there yet
  }
  // Logs without records, or ahead of them: an engine writes them itself.
  for (const Stream stream : {Stream::out, Stream::err}) {
    const bool unordered = order_.empty() || order_.back().stream != stream;
    const bool beyond =
        !order_.empty() &&
        offset_of(stream) < (stream == Stream::out ? order_.back().out : order_.back().err);
    if (wanted(stream) && unordered && !beyond && !read_up_to(stream, size(stream), {}, handler)) {
      return false;
    }
  }
  return true;
}

namespace {

/// Where the last `lines` lines of bytes [begin, end) of a file begin; `lines` is reduced by those
/// found.
std::int64_t lines_back(const base::Fd& fd, std::int64_t begin, std::int64_t end,
                        std::int64_t& lines, bool& first) {
  std::string block(k_block_bytes, '\0');
  while (end > begin) {
    const auto size = std::min<std::int64_t>(static_cast<std::int64_t>(block.size()), end - begin);
    const ssize_t got = read_at(fd.get(), block.data(), static_cast<std::size_t>(size), end - size);
    if (got <= 0) break;
    for (std::int64_t i = got - 1; i >= 0; --i) {
      if (block[static_cast<std::size_t>(i)] != '\n') {
        first = false;
        continue;
      }
      // The line feed at the very end ends the last line and begins none.
      if (first) {
        first = false;
        continue;
      }
      if (--lines == 0) return end - size + i + 1;
    }
    end -= size;
  }
  return begin;
}

}  // namespace

jobs::Cursor tail_position(const fs::path& folder, RunLogReader::Which which, std::int64_t lines) {
  using Which = RunLogReader::Which;
  jobs::Cursor end{.seq = 0,
                   .out = which == Which::err ? 0 : size_of_file(folder / "stdout.log"),
                   .err = which == Which::out ? 0 : size_of_file(folder / "stderr.log")};
  if (lines <= 0) return end;
  std::vector<OrderRecord> order = read_order(folder);
  const auto open_if = [&](std::int64_t size, const char* name) {
    return size > 0 ? base::open_read(folder / name) : base::Fd();
  };
  const base::Fd out = open_if(end.out, "stdout.log");
  const base::Fd err = open_if(end.err, "stderr.log");
  if (order.empty()) order = {{Stream::out, 0, 0, {}}, {Stream::err, end.out, 0, {}}};
  bool first = true;
  for (std::size_t i = order.size(); i-- > 0 && lines > 0;) {
    const bool is_out = order[i].stream == Stream::out;
    const base::Fd& fd = is_out ? out : err;
    std::int64_t& offset = is_out ? end.out : end.err;
    if (!fd) continue;
    offset = lines_back(fd, std::min(offset, is_out ? order[i].out : order[i].err), offset, lines,
                        first);
  }
  return end;
}

jobs::Cursor position_since(const fs::path& folder, base::WallTime since) {
  for (const OrderRecord& record : read_order(folder)) {
    if (record.at >= since) return {.seq = 0, .out = record.out, .err = record.err};
  }
  return {.seq = 0,
          .out = size_of_file(folder / "stdout.log"),
          .err = size_of_file(folder / "stderr.log")};
}

std::vector<std::string> log_preview(const fs::path& folder, std::size_t lines) {
  std::vector<std::string> preview;
  LineSplitter out;
  LineSplitter err;
  const auto add = [&](const LogLine& line) {
    constexpr std::size_t k_shown_bytes = 500;
    std::string shown = shown_message(line.bytes.substr(0, k_shown_bytes));
    if (!base::trim(shown).empty()) preview.push_back(std::move(shown));
    if (preview.size() > lines) preview.erase(preview.begin());
  };
  RunLogReader reader(
      folder, RunLogReader::Which::both,
      tail_position(folder, RunLogReader::Which::both, static_cast<std::int64_t>(lines) * 2));
  static_cast<void>(reader.read([&](const RunLogReader::Piece& piece) {
    (piece.stream == Stream::out ? out : err).add(piece.bytes, add);
    return true;
  }));
  out.finish(add);
  err.finish(add);
  return preview;
}

}  // namespace weir::runs
