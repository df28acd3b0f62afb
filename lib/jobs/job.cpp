#include "jobs/job.hpp"

#include "base/random.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstddef>

namespace weir::jobs {
namespace {

constexpr std::array<std::string_view, 3> k_kinds{"run", "preprocess", "service"};
constexpr std::array<std::string_view, 8> k_states{
    "queued", "starting", "running", "cancelling", "succeeded", "failed", "cancelled", "lost"};

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
  return fmt::format(
      R"({{"v":1,"type":"{}","run_id":"{}","seq":{},"cursor":"{}","attempt":{},"timestamp":"{}",)"
      R"("data":{}}})",
      event.type, job_id, event.seq, cursor, event.attempt, base::to_rfc3339(event.at),
      event.data_json);
}

std::string task_json(const TaskRow& task) {
  nlohmann::ordered_json data{
      {"task_id", task.task}, {"attempt", task.attempt}, {"state", task.state}};
  const auto text = [&](const char* name, const std::string& value) {
    if (!value.empty()) data[name] = value;
  };
  text("hash", task.hash);
  text("process", task.process);
  text("tag", task.tag);
  text("name", task.name);
  if (task.exit_status.has_value()) data["exit"] = *task.exit_status;
  const auto time = [&](const char* name, const std::optional<base::WallTime>& value) {
    if (value.has_value()) data[name] = base::to_rfc3339(*value);
  };
  time("submit", task.submitted_at);
  time("start", task.started_at);
  time("complete", task.finished_at);
  if (task.started_at.has_value() && task.finished_at.has_value()) {
    data["realtime_ms"] = (*task.finished_at - *task.started_at).count();
  }
  text("workdir", task.workdir);
  text("error", task.error);
  return data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace weir::jobs
