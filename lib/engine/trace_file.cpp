#include "engine/trace_file.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/units.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace weir::engine {
namespace {

using Kind = TaskEvent::Kind;

std::string_view status_of(Kind kind) {
  switch (kind) {
    case Kind::completed: return "COMPLETED";
    case Kind::cached:
    case Kind::stored: return "CACHED";
    case Kind::failed: return "FAILED";
    case Kind::aborted: return "ABORTED";
    default: return "-";
  }
}

bool ends_task(Kind kind) {
  return status_of(kind) != "-";
}

/// Local time with milliseconds, as upstream's trace has it.
std::string time_text(std::int64_t millis) {
  if (millis == 0) return "-";
  const auto seconds = static_cast<std::time_t>(millis / 1000);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}", fmt::localtime(seconds), millis % 1000);
}

std::string millis_text(std::int64_t millis) {
  return duration_text(std::chrono::milliseconds(std::max<std::int64_t>(millis, 0)));
}

std::string cpu_text(const TaskUsage& usage) {
  if (usage.realtime_ms <= 0) return "-";
  const double used_ms = static_cast<double>(usage.user_us + usage.system_us) / 1000.0;
  return fmt::format("{:.1f}%", 100.0 * used_ms / static_cast<double>(usage.realtime_ms));
}

std::string bytes_text(std::int64_t bytes) {
  return bytes > 0 ? size_text(bytes) : "-";
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\t', ' ');
  return base::replace_all(std::move(line), "\n", "\\n");
}

using Writer = std::string (*)(const TaskEvent&);
struct Column {
  const char* name;
  Writer write;
};

const std::array<Column, 28>& columns() {
  static const std::array<Column, 28> all{{
      {"task_id", [](const TaskEvent& e) { return std::to_string(e.id); }},
      {"hash", [](const TaskEvent& e) { return short_hash(e.hash); }},
      {"native_id",
       [](const TaskEvent& e) { return e.native_id > 0 ? std::to_string(e.native_id) : "-"; }},
      {"process", [](const TaskEvent& e) { return std::string(e.process_name); }},
      {"tag", [](const TaskEvent& e) { return e.tag.empty() ? "-" : one_line(e.tag); }},
      {"name", [](const TaskEvent& e) { return one_line(e.name); }},
      {"status", [](const TaskEvent& e) { return std::string(status_of(e.kind)); }},
      {"exit",
       [](const TaskEvent& e) { return e.exit_status < 0 ? "-" : std::to_string(e.exit_status); }},
      {"attempt", [](const TaskEvent& e) { return std::to_string(e.attempt); }},
      {"submit", [](const TaskEvent& e) { return time_text(e.usage.submit_ms); }},
      {"start", [](const TaskEvent& e) { return time_text(e.usage.start_ms); }},
      {"complete", [](const TaskEvent& e) { return time_text(e.usage.complete_ms); }},
      {"duration",
       [](const TaskEvent& e) { return millis_text(e.usage.complete_ms - e.usage.submit_ms); }},
      {"realtime", [](const TaskEvent& e) { return millis_text(e.usage.realtime_ms); }},
      {"%cpu", [](const TaskEvent& e) { return cpu_text(e.usage); }},
      {"%mem", [](const TaskEvent&) { return std::string("-"); }},
      {"rss", [](const TaskEvent& e) { return bytes_text(e.usage.peak_rss_bytes); }},
      {"peak_rss", [](const TaskEvent& e) { return bytes_text(e.usage.peak_rss_bytes); }},
      {"vmem", [](const TaskEvent&) { return std::string("-"); }},
      {"peak_vmem", [](const TaskEvent&) { return std::string("-"); }},
      {"rchar", [](const TaskEvent&) { return std::string("-"); }},
      {"wchar", [](const TaskEvent&) { return std::string("-"); }},
      {"cpus", [](const TaskEvent& e) { return fmt::format("{}", e.resources.cpus); }},
      {"memory", [](const TaskEvent& e) { return bytes_text(e.resources.memory_bytes); }},
      {"disk", [](const TaskEvent& e) { return bytes_text(e.resources.disk_bytes); }},
      {"time",
       [](const TaskEvent& e) {
         return e.resources.time.count() > 0 ? duration_text(e.resources.time) : "-";
       }},
      {"workdir", [](const TaskEvent& e) { return one_line(e.work_dir); }},
      {"script", [](const TaskEvent& e) { return one_line(e.script); }},
  }};
  return all;
}

const Column* find_column(const std::string& name) {
  for (const Column& column : columns()) {
    if (name == column.name) return &column;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> TraceFile::default_columns() {
  return {"task_id",  "hash",     "native_id", "name",     "status",    "exit",  "submit",
          "duration", "realtime", "%cpu",      "peak_rss", "peak_vmem", "rchar", "wchar"};
}

std::vector<std::string> TraceFile::known_columns() {
  std::vector<std::string> names;
  for (const Column& column : columns()) names.emplace_back(column.name);
  return names;
}

TraceFile::TraceFile(const std::string& path, std::vector<std::string> columns)
    : path_(path), columns_(std::move(columns)) {
  const std::vector<std::string> known = known_columns();
  for (const std::string& column : columns_) {
    if (find_column(column) != nullptr) continue;
    const auto near = base::nearest(column, known);
    throw Error(ErrorKind::usage, "the trace has no field '" + column + "'")
        .with_hint(near ? "did you mean '" + *near + "'?" : "known: " + base::join(known, " "));
  }
  fd_ = base::open_write(path_);
  base::write_all(fd_.get(), base::join(columns_, "\t") + "\n", path_);
}

void TraceFile::on_task(const TaskEvent& event) {
  if (!ends_task(event.kind)) return;
  std::string line;
  for (const std::string& column : columns_) {
    if (!line.empty()) line += '\t';
    line += trace_field(column, event);
  }
  base::write_all(fd_.get(), line + "\n", path_);
}

std::string trace_field(const std::string& column, const TaskEvent& event) {
  const Column* found = find_column(column);
  return found == nullptr ? "-" : found->write(event);
}

}  // namespace weir::engine
