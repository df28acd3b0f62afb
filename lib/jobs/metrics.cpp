#include "jobs/metrics.hpp"

#include "base/file.hpp"
#include "db/database.hpp"
#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <vector>

namespace weir::jobs {
namespace {

/// A label's value: backslash, quote and line feed escaped. Launch directories are no lanes that
/// anybody would chart.
std::string label(const std::string& text) {
  if (text.starts_with("dir:") || text.starts_with("session:")) return "";
  std::string escaped;
  const std::string_view bare =
      text.starts_with("lane:") ? std::string_view(text).substr(5) : std::string_view(text);
  for (const char one : bare) {
    if (one == '\\' || one == '"') escaped += '\\';
    escaped += one == '\n' ? ' ' : one;
  }
  return escaped;
}

void head(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
  text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

/// Rows of (label values…, number) as samples.
void samples(JobStore& store, std::string& text, std::string_view name,
             const std::vector<std::string_view>& labels, std::string_view sql) {
  db::Statement query = store.database().prepare(sql);
  while (query.step()) {
    std::string pairs;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      pairs += fmt::format("{}{}=\"{}\"", i == 0 ? "" : ",", labels[i],
                           label(query.text(static_cast<int>(i))));
    }
    text +=
        fmt::format("{}{{{}}} {}\n", name, pairs, query.integer(static_cast<int>(labels.size())));
  }
}

void durations(JobStore& store, std::string& text) {
  constexpr std::array<std::int64_t, 8> k_seconds{1, 10, 60, 300, 1800, 3600, 14400, 86400};
  constexpr std::string_view k_name = "weir_run_duration_seconds";
  head(text, k_name, "histogram", "how long ended runs took");
  for (const std::int64_t seconds : k_seconds) {
    db::Statement query = store.database().prepare(
        "SELECT count(*) FROM jobs WHERE kind = 'run' AND open = 0 AND duration_ms <= ?1");
    query.bind(1, seconds * 1000);
    if (query.step())
      text += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", k_name, seconds, query.integer(0));
  }
  db::Statement all = store.database().prepare(
      "SELECT count(*), coalesce(sum(duration_ms), 0) FROM jobs WHERE kind = 'run' AND open = 0 "
      "AND duration_ms IS NOT NULL");
  if (!all.step()) return;
  text += fmt::format("{0}_bucket{{le=\"+Inf\"}} {1}\n{0}_sum {2}\n{0}_count {1}\n", k_name,
                      all.integer(0), static_cast<double>(all.integer(1)) / 1000);
}

void log_bytes(JobStore& store, std::string& text) {
  constexpr std::string_view k_name = "weir_log_bytes_total";
  head(text, k_name, "counter", "bytes in the logs of the runs in the history, by stream");
  std::array<std::int64_t, 2> bytes{};
  constexpr std::array<std::string_view, 2> k_streams{"stdout", "stderr"};
  db::Statement query = store.database().prepare("SELECT id FROM jobs WHERE kind = 'run'");
  while (query.step()) {
    const std::filesystem::path folder = RunFolder::path_of(store.state_dir(), query.text(0));
    for (std::size_t i = 0; i < k_streams.size(); ++i) {
      const auto info = base::file_info(folder / (std::string(k_streams.at(i)) + ".log"));
      if (info.has_value()) bytes.at(i) += info->size_bytes;
    }
  }
  for (std::size_t i = 0; i < k_streams.size(); ++i)
    text += fmt::format("{}{{stream=\"{}\"}} {}\n", k_name, k_streams.at(i), bytes.at(i));
}

}  // namespace

std::string metrics_text(JobStore& store) {
  std::string text;
  head(text, "weir_runs_total", "counter", "runs that have ended and are in the history");
  samples(store, text, "weir_runs_total", {"lane", "engine", "outcome"},
          "SELECT CASE WHEN key LIKE 'lane:%' THEN key ELSE '' END, coalesce(engine, 'native'), "
          "state, count(*) FROM jobs WHERE kind = 'run' AND open = 0 GROUP BY 1, 2, 3");
  head(text, "weir_run_active", "gauge", "runs that hold their lane");
  samples(store, text, "weir_run_active", {"lane"},
          "SELECT CASE WHEN key LIKE 'lane:%' THEN key ELSE '' END, count(*) FROM jobs "
          "WHERE kind = 'run' AND open = 1 AND holds = 1 GROUP BY 1");
  head(text, "weir_queue_depth", "gauge", "runs that wait for their lane");
  samples(store, text, "weir_queue_depth", {"lane"},
          "SELECT CASE WHEN key LIKE 'lane:%' THEN key ELSE '' END, count(*) FROM jobs "
          "WHERE kind = 'run' AND open = 1 AND state = 'queued' GROUP BY 1");
  head(text, "weir_jobs", "gauge", "jobs of every kind by state");
  samples(store, text, "weir_jobs", {"kind", "state"},
          "SELECT kind, state, count(*) FROM jobs GROUP BY 1, 2");
  durations(store, text);
  head(text, "weir_tasks", "gauge", "tasks of the runs in the history by state");
  samples(store, text, "weir_tasks", {"state"}, "SELECT state, count(*) FROM job_tasks GROUP BY 1");
  head(text, "weir_task_retries_total", "counter", "attempts beyond the first");
  samples(store, text, "weir_task_retries_total", {},
          "SELECT count(*) FROM job_tasks WHERE attempt > 1");
  head(text, "weir_events_total", "counter", "events of the jobs in the history by type");
  samples(store, text, "weir_events_total", {"type"},
          "SELECT type, count(*) FROM job_events GROUP BY 1");
  head(text, "weir_lock_refused_total", "counter", "runs that met a busy lane, by policy");
  samples(store, text, "weir_lock_refused_total", {"policy"},
          "SELECT action, count(*) FROM job_audit WHERE result = 'busy' GROUP BY 1");
  head(text, "weir_recovery_total", "counter",
       "runs in the history that recovery took over or gave up");
  samples(
      store, text, "weir_recovery_total", {"action"},
      "SELECT 'lost', count(*) FROM jobs WHERE state = 'lost' UNION ALL SELECT 'adopted', "
      "count(*) FROM job_events WHERE type = 'status' AND data LIKE '%\"reason\":\"adopted\"%'");
  log_bytes(store, text);
  head(text, "weir_disk_free_bytes", "gauge", "free space of the state directory's disk");
  text += fmt::format("weir_disk_free_bytes {}\n", base::free_bytes(store.state_dir()));
  return text;
}

}  // namespace weir::jobs
