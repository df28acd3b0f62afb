#include "runs/event_stream.hpp"

#include "base/clock.hpp"
#include "jobs/run_folder.hpp"
#include "runs/run_samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace weir::runs {
namespace {

constexpr std::int64_t k_page = 1000;
constexpr std::size_t k_frame_lines_max = 50;
constexpr std::size_t k_frame_bytes_max = std::size_t{128} << 10;
constexpr std::chrono::milliseconds k_look_anyway{250};
// Events come in portions as the run writes them, and tell that they are there; log bytes come as
// they are said.
constexpr std::chrono::milliseconds k_gather_events{0};
// What others record of a run (a wish to cancel) may have come together with its own news, which
// the tail alone was asked for. Longer than a busy run takes to the next of these.
constexpr std::chrono::milliseconds k_look_after_tail{60};
constexpr std::chrono::milliseconds k_gather_logs{4};

bool is_control(std::string_view type) {
  return type == "hello" || type == "end" || type == "gap";
}

std::string envelope(const std::string& id, std::string_view type, std::int64_t seq,
                     const std::string& cursor, base::WallTime at, std::string_view data) {
  return fmt::format(
      R"({{"v":1,"type":"{}","run_id":"{}","seq":{},"cursor":"{}","timestamp":"{}","data":{}}})",
      type, id, seq, cursor, base::to_rfc3339(at), data);
}

}  // namespace

void wait_for_news(base::FileWatch& watch, std::chrono::milliseconds longest,
                   std::chrono::milliseconds gather) {
  // News of the next few milliseconds come with the first: reading costs per look, not per event.
  if (!watch.wait(longest) || gather.count() == 0) return;
  std::this_thread::sleep_for(std::min(gather, longest));
  watch.drain();
}

EventStream::EventStream(jobs::JobStore& store, std::string id, StreamOptions options)
    : store_(store),
      id_(std::move(id)),
      options_(std::move(options)),
      cursor_(options_.after),
      log_(jobs::RunFolder::path_of(store.state_dir(), id_), RunLogReader::Which::both,
           options_.after),
      mark_(jobs::RunFolder::path_of(store.state_dir(), id_)) {
  if (!options_.follow) return;
  const std::filesystem::path folder = jobs::RunFolder::path_of(store.state_dir(), id_);
  // A job without a folder is told of by the database alone.
  if (!watch_.add_touches(folder)) watch_.add(store.state_dir());
  if (options_.logs) watch_.add(folder);
  // The tail's cursors are of who does not read logs.
  if (!options_.logs && cursor_.out == 0 && cursor_.err == 0) tail_.emplace(folder);
}

bool EventStream::wants(std::string_view type) const {
  return options_.types.empty() || is_control(type) ||
         std::find(options_.types.begin(), options_.types.end(), type) != options_.types.end();
}

bool EventStream::send(std::string_view line) {
  if (!refused_ && !(*consumer_)(line)) refused_ = true;
  return !refused_;
}

void EventStream::control(std::string_view type, std::string_view data) {
  if (options_.hello) frame(type, data);
}

/// A line that is no durable event: it carries the number of the last one.
void EventStream::frame(std::string_view type, std::string_view data) {
  static_cast<void>(
      send(envelope(id_, type, cursor_.seq, jobs::to_word(cursor_, id_), base::now_wall(), data)));
}

void EventStream::send_samples(bool last) {
  const base::BootTime now = base::now_boot();
  if (!last && sampled_.count() != 0 && now - sampled_ < k_sample_interval) return;
  sampled_ = now;
  const auto asked = [&](std::string_view type) {
    return std::find(options_.types.begin(), options_.types.end(), type) != options_.types.end();
  };
  if (asked("process")) frame("process", process_json(store_, id_));
  if (asked("metric")) frame("metric", metric_json(store_));
}

bool EventStream::send_log_frame() {
  if (frame_lines_ == 0) return true;
  const std::string data =
      fmt::format(R"({{"lines":[{}],"count":{},"from":{},"to":{}}})", frame_, frame_lines_,
                  frame_from_.out + frame_from_.err, cursor_.out + cursor_.err);
  frame_.clear();
  frame_lines_ = 0;
  frame_from_ = cursor_;
  return send(
      envelope(id_, "log", cursor_.seq, jobs::to_word(cursor_, id_), base::now_wall(), data));
}

bool EventStream::send_logs(bool last) {
  if (!options_.logs || !wants("log")) return true;
  frame_from_ = cursor_;
  const auto add = [&](Stream stream, base::WallTime at, const LogLine& line) {
    const std::string message = shown_message(line.bytes);
    frame_ += fmt::format(R"({}{{"timestamp":"{}","stream":"{}","message":")",
                          frame_lines_ == 0 ? "" : ",",
                          base::to_rfc3339(at == base::WallTime{} ? base::now_wall() : at),
                          stream == Stream::out ? "stdout" : "stderr");
    append_json_text(frame_, message);
    frame_ += '"';
    if (message != line.bytes)
      frame_ += fmt::format(R"(,"message_b64":"{}")", to_base64(line.bytes));
    if (line.partial) frame_ += R"(,"partial":true)";
    frame_ += '}';
    ++frame_lines_;
  };
  const auto piece = [&](const RunLogReader::Piece& part) {
    LineSplitter& splitter = part.stream == Stream::out ? out_lines_ : err_lines_;
    std::int64_t& seen = part.stream == Stream::out ? cursor_.out : cursor_.err;
    const std::int64_t end = part.stream == Stream::out ? log_.position().out : log_.position().err;
    std::string_view rest = part.bytes;
    // A line at a time, so that the cursor of a frame never stands inside one.
    while (!rest.empty() && !refused_) {
      const std::size_t line_end = rest.find('\n');
      const std::size_t take = line_end == std::string_view::npos ? rest.size() : line_end + 1;
      splitter.add(rest.substr(0, take),
                   [&](const LogLine& line) { add(part.stream, part.at, line); });
      rest.remove_prefix(take);
      seen = end - static_cast<std::int64_t>(rest.size() + splitter.pending());
      if (frame_lines_ >= k_frame_lines_max || frame_.size() >= k_frame_bytes_max)
        static_cast<void>(send_log_frame());
    }
    return !refused_;
  };
  if (!log_.read(piece)) return false;
  if (last) {
    out_lines_.finish([&](const LogLine& line) { add(Stream::out, {}, line); });
    err_lines_.finish([&](const LogLine& line) { add(Stream::err, {}, line); });
    cursor_.out = log_.position().out;
    cursor_.err = log_.position().err;
  }
  return send_log_frame();
}

/// True when the tail had all that the run itself told since the last time.
bool EventStream::send_tail() {
  return tail_.has_value() && tail_->read([&](const EventTailReader::Line& line) {
    if (line.seq <= cursor_.seq) return true;
    if (line.seq != cursor_.seq + 1) return false;
    cursor_.seq = line.seq;
    return !wants(line.type) || send(line.text);
  });
}

bool EventStream::send_events(bool& complete) {
  while (!complete) {
    const std::vector<jobs::JobEvent> events = store_.events(id_, cursor_.seq, k_page);
    for (const jobs::JobEvent& event : events) {
      const bool ends = event.type == "complete";
      if (ends && !send_logs(true)) return false;
      if (ends) send_samples(true);
      cursor_.seq = event.seq;
      if (wants(event.type) && !send(jobs::to_ndjson(id_, event, jobs::to_word(cursor_, id_)))) {
        return false;
      }
      // What follows the end is a correction of a lost job, and comes when it is there.
      complete = complete || ends;
    }
    if (static_cast<std::int64_t>(events.size()) < k_page) return true;
  }
  return true;
}

StreamEnd EventStream::run(const Consumer& consumer, const Flush& flush,
                           const std::atomic<bool>& stop) {
  consumer_ = &consumer;
  const std::optional<jobs::Job> first = store_.find(id_);
  if (!first.has_value()) return StreamEnd::purged;
  control("hello", fmt::format(R"({{"schema":1,"state":"{}"}})", jobs::word_of(first->state)));
  bool complete = false;
  std::int64_t idle = 0;
  while (!refused_) {
    const std::int64_t before = cursor_.seq;
    if (!send_logs(false)) break;
    const bool by_tail = send_tail();
    if (!by_tail && !send_events(complete)) break;
    if (!complete) send_samples(false);
    flush();
    if (complete) return StreamEnd::complete;
    if (stop) {
      control("end", R"({"reason":"interrupted"})");
      flush();
      return StreamEnd::stopped;
    }
    // Rarely, since it reads the whole row: an end whose event was seen before, a removed record.
    constexpr std::int64_t k_idle_rounds = 4;
    idle = cursor_.seq == before ? idle + 1 : 0;
    if (!options_.follow || idle % k_idle_rounds == 1) {
      const std::optional<jobs::Job> job = store_.find(id_);
      if (!job.has_value()) {
        control("end", R"({"reason":"purged"})");
        flush();
        return StreamEnd::purged;
      }
      const bool ended = jobs::is_terminal(job->state) && store_.last_seq(id_) == cursor_.seq;
      if (ended && !send_logs(true)) break;
      if (!options_.follow || ended) {
        flush();
        return ended ? StreamEnd::complete : StreamEnd::drained;
      }
    }
    static_cast<void>(mark_.put());
    wait_for_news(watch_, by_tail ? k_look_after_tail : k_look_anyway,
                  options_.logs ? k_gather_logs : k_gather_events);
  }
  return StreamEnd::refused;
}

}  // namespace weir::runs
