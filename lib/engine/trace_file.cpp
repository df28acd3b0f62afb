#include "engine/trace_file.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/machine.hpp"
#include "base/output_file.hpp"
#include "base/text.hpp"
#include "engine/units.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <utility>

namespace weir::engine {
namespace {

using Kind = TaskEvent::Kind;

bool ends_task(Kind kind) {
  return trace_status(kind) != "-";
}

/// Local time with milliseconds, as upstream's trace has it.
std::string time_text(std::int64_t millis) {
  if (millis == 0) return "-";
  return fmt::format("{}.{:03}", base::to_local_text(base::from_millis(millis)), millis % 1000);
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

/// Of counters that the kernel may not have given (-1).
using Counters = base::ProcessCounters;
template <std::int64_t Counters::*counter>
std::string counted_bytes(const TaskEvent& event) {
  const std::int64_t bytes = event.usage.counters.*counter;
  return bytes >= 0 ? size_text(bytes) : "-";
}
template <std::int64_t Counters::*counter>
std::string counted(const TaskEvent& event) {
  const std::int64_t count = event.usage.counters.*counter;
  return count >= 0 ? std::to_string(count) : "-";
}

std::string memory_share_text(const TaskUsage& usage) {
  const auto total = static_cast<double>(base::available_memory_bytes());
  if (usage.peak_rss_bytes <= 0 || total <= 0) return "-";
  return fmt::format("{:.1f}%", 100.0 * static_cast<double>(usage.peak_rss_bytes) / total);
}

std::string host_name() {
  char name[256] = "";
  if (::gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "-";
  return name;
}

/// "model name" of the first processor.
std::string cpu_model() {
  static const std::string model = [] {
    const std::string text = base::try_read_file("/proc/cpuinfo").value_or("");
    for (const std::string_view line : base::split(text, '\n')) {
      if (!line.starts_with("model name")) continue;
      const std::size_t colon = line.find(':');
      if (colon != std::string_view::npos) return std::string(base::trim(line.substr(colon + 1)));
    }
    return std::string("-");
  }();
  return model;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::replace(line.begin(), line.end(), '\t', ' ');
  return base::replace_all(std::move(line), "\n", "\\n");
}

std::string environment_text(const TaskEvent& event) {
  if (event.spec == nullptr || event.spec->environment.empty()) return "-";
  std::string text;
  for (const auto& [name, value] : event.spec->environment)
    text += (text.empty() ? "" : " ") + name + "=" + value;
  return one_line(text);
}

using Writer = std::string (*)(const TaskEvent&);
struct Column {
  const char* name;
  Writer write;
};

const std::array<Column, 46>& columns() {
  static const std::array<Column, 46> all{{
      {"task_id", [](const TaskEvent& e) { return std::to_string(e.id); }},
      {"hash", [](const TaskEvent& e) { return short_hash(e.hash); }},
      {"native_id",
       [](const TaskEvent& e) { return e.native_id > 0 ? std::to_string(e.native_id) : "-"; }},
      {"process", [](const TaskEvent& e) { return std::string(e.process_name); }},
      {"tag", [](const TaskEvent& e) { return e.tag.empty() ? "-" : one_line(e.tag); }},
      {"name", [](const TaskEvent& e) { return one_line(e.name); }},
      {"status", [](const TaskEvent& e) { return std::string(trace_status(e.kind)); }},
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
      {"%mem", [](const TaskEvent& e) { return memory_share_text(e.usage); }},
      {"rss", [](const TaskEvent& e) { return bytes_text(e.usage.peak_rss_bytes); }},
      {"peak_rss", [](const TaskEvent& e) { return bytes_text(e.usage.peak_rss_bytes); }},
      {"vmem", [](const TaskEvent& e) { return bytes_text(e.usage.address_space_bytes); }},
      {"peak_vmem",
       [](const TaskEvent& e) { return bytes_text(e.usage.address_space_peak_bytes); }},
      {"rchar", counted_bytes<&Counters::read_chars>},
      {"wchar", counted_bytes<&Counters::write_chars>},
      {"syscr", counted<&Counters::read_calls>},
      {"syscw", counted<&Counters::write_calls>},
      {"read_bytes", counted_bytes<&Counters::read_bytes>},
      {"write_bytes", counted_bytes<&Counters::write_bytes>},
      {"vol_ctxt", counted<&Counters::voluntary_switches>},
      {"inv_ctxt", counted<&Counters::involuntary_switches>},
      {"queue",
       [](const TaskEvent& e) {
         return e.spec == nullptr || e.spec->queue.empty() ? "-" : one_line(e.spec->queue);
       }},
      {"env", [](const TaskEvent& e) { return environment_text(e); }},
      {"module",
       [](const TaskEvent& e) {
         return e.spec == nullptr || e.spec->modules.empty() ? "-"
                                                             : base::join(e.spec->modules, ":");
       }},
      {"container",
       [](const TaskEvent& e) {
         return e.spec == nullptr || e.spec->container.empty() ? "-" : one_line(e.spec->container);
       }},
      {"scratch",
       [](const TaskEvent& e) {
         return e.spec == nullptr || e.spec->scratch.empty() ? "-" : one_line(e.spec->scratch);
       }},
      {"error_action",
       [](const TaskEvent& e) { return e.action.empty() ? "-" : std::string(e.action); }},
      {"accelerator",
       [](const TaskEvent& e) {
         return e.resources.accelerators > 0 ? std::to_string(e.resources.accelerators) : "-";
       }},
      {"accelerator_type",
       [](const TaskEvent& e) {
         return e.resources.accelerator_type.empty() ? "-" : one_line(e.resources.accelerator_type);
       }},
      {"hostname", [](const TaskEvent&) { return host_name(); }},
      {"cpu_model", [](const TaskEvent&) { return cpu_model(); }},
      {"cpus", [](const TaskEvent& e) { return fmt::format("{}", e.resources.cpus); }},
      {"memory", [](const TaskEvent& e) { return bytes_text(e.resources.memory_bytes); }},
      {"disk", [](const TaskEvent& e) { return bytes_text(e.resources.disk_bytes); }},
      {"time",
       [](const TaskEvent& e) {
         return e.resources.time.count() > 0 ? duration_text(e.resources.time) : "-";
       }},
      // The runner does not know it: TraceFile fills it in.
      {"gate_wait", [](const TaskEvent&) { return std::string("-"); }},
      {"gate_data", [](const TaskEvent&) { return std::string("-"); }},
      {"workdir", [](const TaskEvent& e) { return one_line(e.work_dir); }},
      {"script", [](const TaskEvent& e) { return one_line(e.script); }},
  }};
  return all;
}

/// The columns that are times or sizes, as numbers: ms and bytes; none of what nobody asked for.
std::optional<std::int64_t> raw_number(const std::string& column, const TaskEvent& event) {
  const TaskUsage& usage = event.usage;
  if (column == "submit") return usage.submit_ms;
  if (column == "start") return usage.start_ms;
  if (column == "complete") return usage.complete_ms;
  if (column == "duration") return std::max<std::int64_t>(0, usage.complete_ms - usage.submit_ms);
  if (column == "realtime") return usage.realtime_ms;
  if (column == "rss" || column == "peak_rss") return usage.peak_rss_bytes;
  if (column == "vmem" && usage.address_space_bytes > 0) return usage.address_space_bytes;
  if (column == "peak_vmem" && usage.address_space_peak_bytes > 0)
    return usage.address_space_peak_bytes;
  if (column == "rchar" && usage.counters.read_chars >= 0) return usage.counters.read_chars;
  if (column == "wchar" && usage.counters.write_chars >= 0) return usage.counters.write_chars;
  if (column == "read_bytes" && usage.counters.read_bytes >= 0) return usage.counters.read_bytes;
  if (column == "write_bytes" && usage.counters.write_bytes >= 0) return usage.counters.write_bytes;
  const Resources& asked = event.resources;
  if (column == "memory" && asked.memory_bytes > 0) return asked.memory_bytes;
  if (column == "disk" && asked.disk_bytes > 0) return asked.disk_bytes;
  if (column == "time" && asked.time.count() > 0) return asked.time.count();
  return std::nullopt;
}

const Column* find_column(const std::string& name) {
  for (const Column& column : columns()) {
    if (name == column.name) return &column;
  }
  return nullptr;
}

}  // namespace

std::string_view trace_status(TaskEvent::Kind kind) {
  switch (kind) {
    case Kind::completed: return "COMPLETED";
    case Kind::cached:
    case Kind::stored: return "CACHED";
    case Kind::failed: return "FAILED";
    case Kind::aborted: return "ABORTED";
    default: return "-";
  }
}

std::vector<std::string> TraceFile::default_columns() {
  return {"task_id",  "hash",     "native_id", "name",     "status",    "exit",  "submit",
          "duration", "realtime", "%cpu",      "peak_rss", "peak_vmem", "rchar", "wchar"};
}

std::vector<std::string> TraceFile::known_columns() {
  std::vector<std::string> names;
  for (const Column& column : columns()) names.emplace_back(column.name);
  return names;
}

TraceFile::TraceFile(const std::string& path, std::vector<std::string> columns, Format format)
    : path_(path), columns_(std::move(columns)), format_(std::move(format)) {
  const std::vector<std::string> known = known_columns();
  for (const std::string& column : columns_) {
    if (find_column(column) != nullptr) continue;
    throw Error(ErrorKind::usage, "the trace has no field '" + column + "'")
        .with_hint(base::nearest_hint(column, known, "known: " + base::join(known, " ")));
  }
  try {
    const auto info = base::file_info(path_);
    const bool is_fifo = info.has_value() && info->type == base::FileInfo::Type::fifo;
    fd_ = is_fifo ? base::open_special(path_) : base::open_write(path_);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::input) throw;
    throw Error(ErrorKind::usage, error.message());
  }
  base::write_all(fd_.get(), base::join(columns_, format_.separator) + "\n", path_);
}

void TraceFile::note_gate_wait(TaskId task, std::chrono::milliseconds waited,
                               const std::string& data) {
  waits_[task] += waited;
  if (!data.empty()) data_[task] = data;
}

void TraceFile::on_task(const TaskEvent& event) {
  if (!ends_task(event.kind)) return;
  const auto wait = waits_.extract(event.id);
  const auto data = data_.extract(event.id);
  std::string line;
  for (const std::string& column : columns_) {
    if (!line.empty()) line += format_.separator;
    if (column == "gate_wait" && !wait.empty())
      line += format_.raw ? std::to_string(wait.mapped().count()) : duration_text(wait.mapped());
    else if (column == "gate_data" && !data.empty())
      line += data.mapped();
    else
      line += trace_field(column, event, format_.raw);
  }
  base::write_all(fd_.get(), line + "\n", path_);
}

std::string trace_field(const std::string& column, const TaskEvent& event, bool raw) {
  if (raw) {
    const auto number = raw_number(column, event);
    if (number) return std::to_string(*number);
  }
  const Column* found = find_column(column);
  return found == nullptr ? "-" : found->write(event);
}

}  // namespace weir::engine
