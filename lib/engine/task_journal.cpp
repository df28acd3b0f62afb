#include "engine/task_journal.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/trace_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace weir::engine {
namespace {

constexpr std::string_view k_format = "weir-tasks 1";
constexpr std::size_t k_journal_bytes_max = std::size_t{4} << 30;

/// The columns of a line, in order; the first four are also members of JournalEntry.
constexpr std::array<std::string_view, 23> k_fields{
    "status",  "process",  "name",    "workdir",   "hash",      "native_id", "tag",    "exit",
    "attempt", "submit",   "start",   "complete",  "realtime",  "cpus",      "memory", "disk",
    "time",    "peak_rss", "user_us", "system_us", "container", "module",    "place"};

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\t') {
      result += "\\t";
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\\') {
      result += "\\\\";
    } else {
      result += c;
    }
  }
  return result;
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char c = text[++i];
    result += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return result;
}

std::string field_of(std::string_view name, const TaskEvent& event, std::string_view status) {
  const TaskUsage& usage = event.usage;
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  if (name == "status") return std::string(status);
  if (name == "process") return std::string(event.process_name);
  if (name == "name") return std::string(event.name);
  if (name == "workdir") return std::string(event.work_dir);
  if (name == "hash") return std::string(event.hash);
  if (name == "native_id") return number(event.native_id);
  if (name == "tag") return std::string(event.tag);
  if (name == "exit") return event.exit_status < 0 ? "" : number(event.exit_status);
  if (name == "attempt") return number(event.attempt);
  if (name == "submit") return number(usage.submit_ms);
  if (name == "start") return number(usage.start_ms);
  if (name == "complete") return number(usage.complete_ms);
  if (name == "realtime") return number(usage.realtime_ms);
  if (name == "cpus") return fmt::format("{}", event.resources.cpus);
  if (name == "memory") return number(event.resources.memory_bytes);
  if (name == "disk") return number(event.resources.disk_bytes);
  if (name == "time") return number(event.resources.time.count());
  if (name == "peak_rss") return number(usage.peak_rss_bytes);
  if (name == "user_us") return number(usage.user_us);
  if (name == "system_us") return number(usage.system_us);
  if (event.spec == nullptr) return "";
  if (name == "container") return event.spec->container;
  if (name == "module") return base::join(event.spec->modules, ":");
  if (name == "place") return event.spec->source_place;
  return "";
}

std::string_view status_of(TaskEvent::Kind kind) {
  return kind == TaskEvent::Kind::submitted ? "RUNNING" : trace_status(kind);
}

std::optional<JournalEntry> parse_line(std::string_view line) {
  const std::vector<std::string_view> parts = base::split(line, '\t');
  if (parts.size() != k_fields.size() + 1) return std::nullopt;
  const auto id = base::parse_int64(parts[0]);
  if (!id) return std::nullopt;
  JournalEntry entry;
  entry.id = static_cast<TaskId>(*id);
  for (std::size_t i = 0; i < k_fields.size(); ++i)
    entry.fields.emplace(k_fields[i], unescaped(parts[i + 1]));
  entry.status = entry.fields["status"];
  entry.process = entry.fields["process"];
  entry.name = entry.fields["name"];
  entry.work_dir = entry.fields["workdir"];
  return entry;
}

bool is_hash_of(const JournalEntry& entry, std::string wanted) {
  std::erase(wanted, '/');
  const auto hash = entry.fields.find("hash");
  return wanted.size() >= 4 && hash != entry.fields.end() && hash->second.starts_with(wanted);
}

}  // namespace

TaskJournal::TaskJournal(std::string path) : path_(std::move(path)) {
  file_ = base::open_append(path_);
  base::write_all(file_.get(), std::string(k_format) + "\n", path_);
}

void TaskJournal::on_task(const TaskEvent& event) {
  const std::string_view status = status_of(event.kind);
  if (status == "-" || !file_) return;
  std::string line = std::to_string(event.id);
  for (const std::string_view field : k_fields) {
    line += '\t';
    line += escaped(field_of(field, event, status));
  }
  line += '\n';
  try {
    base::write_all(file_.get(), line, path_);
  } catch (const Error& error) {
    // The run's results matter more than what is told of them.
    file_.reset();
    base::log(base::LogLevel::warn, "the journal of tasks ends here", {{"error", error.what()}});
  }
}

std::vector<JournalEntry> read_journal(const std::string& path) {
  std::vector<JournalEntry> entries;
  const auto text = base::try_read_file(path, k_journal_bytes_max);
  if (!text || !text->starts_with(std::string(k_format) + "\n")) return entries;
  std::unordered_map<TaskId, std::size_t> places;
  for (const std::string_view line : base::split(*text, '\n')) {
    auto entry = parse_line(line);
    if (!entry) continue;
    const auto [place, fresh] = places.emplace(entry->id, entries.size());
    if (fresh) {
      entries.push_back(std::move(*entry));
    } else {
      entries[place->second] = std::move(*entry);
    }
  }
  return entries;
}

const JournalEntry& find_entry(const std::vector<JournalEntry>& journal,
                               const std::string& wanted) {
  std::vector<const JournalEntry*> found;
  if (const auto id = base::parse_int64(wanted)) {
    for (const JournalEntry& entry : journal) {
      if (entry.id == static_cast<TaskId>(*id)) found.push_back(&entry);
    }
  }
  for (const JournalEntry& entry : journal) {
    if (found.empty() || found.front()->name == wanted) {
      if (entry.name == wanted) found.assign(1, &entry);  // of several attempts the last
    }
  }
  if (found.empty()) {
    for (const JournalEntry& entry : journal) {
      if (is_hash_of(entry, wanted)) found.push_back(&entry);
    }
  }
  if (found.size() == 1) return *found.front();
  if (found.size() > 1) {
    throw Error(ErrorKind::usage,
                fmt::format("'{}' is the beginning of {} tasks' hashes", wanted, found.size()))
        .with_hint("give more of it, or the task's name");
  }
  std::vector<std::string> names;
  for (const JournalEntry& entry : journal) names.push_back(entry.name);
  const auto near = base::nearest(wanted, names);
  throw Error(ErrorKind::not_found, fmt::format("the run has no task '{}'", wanted))
      .with_hint(near ? fmt::format("did you mean '{}'?", *near)
                      : "name it by its number, its name or the beginning of its hash");
}

}  // namespace weir::engine
