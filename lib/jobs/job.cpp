#include "jobs/job.hpp"

#include "base/random.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace weir::jobs {
namespace {

constexpr std::array<std::string_view, 3> k_kinds{"run", "preprocess", "service"};
constexpr std::array<std::string_view, 8> k_states{
    "queued", "starting", "running", "cancelling", "succeeded", "failed", "cancelled", "lost"};

constexpr std::array<std::string_view, 9> k_task_states{"submitted", "running", "completed",
                                                        "failed",    "retried", "ignored",
                                                        "cached",    "stored",  "aborted"};

template <typename Enum, std::size_t count>
std::optional<Enum> parse_word(const std::array<std::string_view, count>& words,
                               std::string_view word) {
  for (std::size_t i = 0; i < count; ++i) {
    if (words[i] == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view word_of(JobKind kind) {
  return k_kinds[static_cast<std::size_t>(kind)];
}
std::string_view word_of(JobState state) {
  return k_states[static_cast<std::size_t>(state)];
}
std::span<const std::string_view> kind_words() {
  return k_kinds;
}
std::span<const std::string_view> state_words() {
  return k_states;
}
std::span<const std::string_view> task_state_words() {
  return k_task_states;
}
std::optional<JobKind> parse_kind(std::string_view word) {
  return parse_word<JobKind>(k_kinds, word);
}
std::optional<JobState> parse_state(std::string_view word) {
  return parse_word<JobState>(k_states, word);
}

std::string make_job_id(JobKind kind) {
  return word_of(kind).front() + base::random_hex(11);
}

std::string to_ndjson(const std::string& job_id, const JobEvent& event, std::string_view cursor) {
  constexpr std::size_t k_around_data = 200;
  std::string line;
  line.reserve(k_around_data + event.data_json.size());
  line.append(R"({"v":1,"type":")").append(event.type);
  line.append(R"(","run_id":")").append(job_id);
  line.append(R"(","seq":)").append(fmt::format_int(event.seq).str());
  line.append(R"(,"cursor":")").append(cursor);
  line.append(R"(","attempt":)").append(fmt::format_int(event.attempt).str());
  line.append(R"(,"timestamp":")").append(base::to_rfc3339(event.at));
  line.append(R"(","data":)").append(event.data_json) += '}';
  return line;
}

namespace {

/// One flat JSON object as text. A run tells of every task this way: a tree of values first would
/// take most of the time.
class FlatJson {
 public:
  void text(std::string_view name, std::string_view value) {
    key(name);
    const auto plain = [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; };
    if (std::all_of(value.begin(), value.end(), plain)) {
      text_ += '"';
      text_ += value;
      text_ += '"';
    } else {
      text_ += nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
  }
  void number(std::string_view name, std::int64_t value) {
    key(name);
    text_ += std::to_string(value);
  }
  std::string finish() { return std::move(text_ += '}'); }

 private:
  void key(std::string_view name) {
    text_ += text_.empty() ? "{\"" : ",\"";
    text_ += name;
    text_ += "\":";
  }

  std::string text_;
};

}  // namespace

std::string task_json(const TaskRow& task) {
  FlatJson json;
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) json.text(name, value);
  };
  const auto time = [&](std::string_view name, const std::optional<base::WallTime>& value) {
    if (value.has_value()) json.text(name, base::to_rfc3339(*value));
  };
  json.number("task_id", task.task);
  json.number("attempt", task.attempt);
  json.text("state", task.state);
  text("hash", task.hash);
  text("process", task.process);
  text("tag", task.tag);
  text("name", task.name);
  if (task.exit_status.has_value()) json.number("exit", *task.exit_status);
  time("submit", task.submitted_at);
  time("start", task.started_at);
  time("complete", task.finished_at);
  if (task.started_at.has_value() && task.finished_at.has_value())
    json.number("realtime_ms", (*task.finished_at - *task.started_at).count());
  text("workdir", task.workdir);
  text("error", task.error);
  return json.finish();
}

}  // namespace weir::jobs
