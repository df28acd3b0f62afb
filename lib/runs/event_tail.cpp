#include "runs/event_tail.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "jobs/cursor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace weir::runs {
namespace {

constexpr std::string_view k_name = "events.tail";

/// What stands between `before` and the first `after` behind it.
std::string_view between(std::string_view text, std::string_view before, char after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find(after));
}

/// Of a line of `jobs::to_ndjson`, whose envelope comes before the data.
std::optional<EventTailReader::Line> parse_line(std::string_view text) {
  if (!text.starts_with(R"({"v":1,"type":")") || !text.ends_with('}')) return std::nullopt;
  const auto seq = base::parse_int64(between(text, R"(,"seq":)", ','));
  if (!seq.has_value()) return std::nullopt;
  return EventTailReader::Line{
      .seq = *seq, .type = between(text, R"("type":")", '"'), .text = text};
}

}  // namespace

EventTail::EventTail(const std::filesystem::path& folder, std::string job_id)
    : file_(folder / k_name), job_id_(std::move(job_id)) {}

EventTail::~EventTail() {
  drop();
}

void EventTail::begin() {
  base::remove_file(file_);
  fd_ = base::open_append(file_);
  bytes_ = 0;
}

void EventTail::drop() noexcept {
  if (!fd_) return;
  fd_.reset();
  try {
    base::remove_file(file_);
  } catch (const Error& error) {  // its readers see it grow no more
    base::log(base::LogLevel::debug, "a tail of events stays", {{"error", error.what()}});
  }
}

void EventTail::append(std::span<const jobs::JobEvent> events) noexcept {
  if (failed_ || events.empty()) return;
  try {
    std::string lines;
    for (const jobs::JobEvent& event : events) {
      lines += jobs::to_ndjson(job_id_, event, jobs::to_word({.seq = event.seq}, job_id_));
      lines += '\n';
    }
    const auto size = static_cast<std::int64_t>(lines.size());
    if (size > k_bytes_max) return drop();  // the gap sends the followers to the table
    if (!fd_ || bytes_ + size > k_bytes_max) begin();
    base::write_all(fd_.get(), lines, file_.native());
    bytes_ += size;
  } catch (const std::exception&) {  // only a copy: followers ask the table
    failed_ = true;
    drop();
  }
}

EventTailReader::EventTailReader(const std::filesystem::path& folder) : file_(folder / k_name) {}

void EventTailReader::open_at_end() {
  pending_.clear();
  fd_ = base::Fd(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info {};
  if (!fd_ || ::fstat(fd_.get(), &info) != 0) return fd_.reset();
  offset_ = info.st_size;
}

bool EventTailReader::fetch() {
  struct stat info {};
  const bool current =
      fd_ && ::fstat(fd_.get(), &info) == 0 && info.st_nlink > 0 && info.st_size >= offset_;
  const std::int64_t news = current ? info.st_size - offset_ : 0;
  constexpr std::int64_t k_news_max = 2 * EventTail::k_bytes_max;
  if (!current || news > k_news_max) {
    // From its end: whatever is in it now was in the table before.
    open_at_end();
    return false;
  }
  if (news == 0) return false;
  const std::size_t kept = pending_.size();
  pending_.resize(kept + static_cast<std::size_t>(news));
  const ssize_t got = ::pread(fd_.get(), pending_.data() + kept, pending_.size() - kept, offset_);
  pending_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  offset_ += std::max<ssize_t>(got, 0);
  return got > 0;
}

bool EventTailReader::read(const Consumer& consumer) {
  if (!fetch()) return false;
  bool some = false;
  bool taken = true;
  std::string_view rest = pending_;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::optional<Line> line = parse_line(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    // A line that is none leaves a gap in the numbers.
    if (!line.has_value() || !taken) continue;
    some = true;
    taken = consumer(*line);
  }
  pending_.erase(0, pending_.size() - rest.size());
  return some && taken;
}

}  // namespace weir::runs
