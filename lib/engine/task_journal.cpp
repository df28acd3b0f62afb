#include "engine/task_journal.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/internal/record_text.hpp"
#include "engine/trace_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>

namespace weir::engine {
namespace {

constexpr std::string_view k_format = "weir-tasks 1";
constexpr std::size_t k_journal_bytes_max = std::size_t{4} << 30;

std::string_view status_of(TaskEvent::Kind kind) {
  return kind == TaskEvent::Kind::submitted ? "RUNNING" : trace_status(kind);
}

using internal::append_escaped;
using internal::append_number;
using internal::unescaped;

/// A column: its name, and what a task's line has in it.
struct Field {
  std::string_view name;
  void (*append)(std::string& to, const TaskEvent& event);
};

/// For texts and numbers that are members of the event.
template <auto Member>
constexpr auto k_text =
    [](std::string& to, const TaskEvent& event) { append_escaped(to, event.*Member); };
template <auto Member>
constexpr auto k_usage =
    [](std::string& to, const TaskEvent& event) { append_number(to, event.usage.*Member); };
template <auto Member>
constexpr auto k_need =
    [](std::string& to, const TaskEvent& event) { append_number(to, event.resources.*Member); };

/// The columns of a line, in order; the first four are also members of JournalEntry.
constexpr std::array<Field, 23> k_fields{{
    {"status",
     [](std::string& to, const TaskEvent& event) { append_escaped(to, status_of(event.kind)); }},
    {"process", k_text<&TaskEvent::process_name>},
    {"name", k_text<&TaskEvent::name>},
    {"workdir", k_text<&TaskEvent::work_dir>},
    {"hash", k_text<&TaskEvent::hash>},
    {"native_id",
     [](std::string& to, const TaskEvent& event) { append_number(to, event.native_id); }},
    {"tag", k_text<&TaskEvent::tag>},
    {"exit",
     [](std::string& to, const TaskEvent& event) {
       if (event.exit_status >= 0) append_number(to, event.exit_status);
     }},
    {"attempt", [](std::string& to, const TaskEvent& event) { append_number(to, event.attempt); }},
    {"submit", k_usage<&TaskUsage::submit_ms>},
    {"start", k_usage<&TaskUsage::start_ms>},
    {"complete", k_usage<&TaskUsage::complete_ms>},
    {"realtime", k_usage<&TaskUsage::realtime_ms>},
    {"cpus",
     [](std::string& to, const TaskEvent& event) {
       fmt::format_to(std::back_inserter(to), "{}", event.resources.cpus);
     }},
    {"memory", k_need<&Resources::memory_bytes>},
    {"disk", k_need<&Resources::disk_bytes>},
    {"time", [](std::string& to,
                const TaskEvent& event) { append_number(to, event.resources.time.count()); }},
    {"peak_rss", k_usage<&TaskUsage::peak_rss_bytes>},
    {"user_us", k_usage<&TaskUsage::user_us>},
    {"system_us", k_usage<&TaskUsage::system_us>},
    {"container",
     [](std::string& to, const TaskEvent& event) {
       if (event.spec != nullptr) append_escaped(to, event.spec->container);
     }},
    {"module",
     [](std::string& to, const TaskEvent& event) {
       if (event.spec != nullptr) append_escaped(to, base::join(event.spec->modules, ":"));
     }},
    {"place",
     [](std::string& to, const TaskEvent& event) {
       if (event.spec != nullptr) append_escaped(to, event.spec->source_place);
     }},
}};

std::optional<JournalEntry> parse_line(std::string_view line) {
  const std::vector<std::string_view> parts = base::split(line, '\t');
  if (parts.size() != k_fields.size() + 1) return std::nullopt;
  const auto id = base::parse_int64(parts[0]);
  if (!id) return std::nullopt;
  JournalEntry entry;
  entry.id = static_cast<TaskId>(*id);
  for (std::size_t i = 0; i < k_fields.size(); ++i)
    entry.fields.emplace(k_fields[i].name, unescaped(parts[i + 1]));
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
  if (status_of(event.kind) == "-" || !file_) return;
  append_number(lines_, event.id);
  for (const Field& field : k_fields) {
    lines_ += '\t';
    field.append(lines_, event);
  }
  lines_ += '\n';
  constexpr std::size_t k_bytes_waiting_max = 16384;
  constexpr std::chrono::milliseconds k_wait_max{20};
  const bool may_wait = event.kind == TaskEvent::Kind::cached &&
                        lines_.size() < k_bytes_waiting_max &&
                        base::now_boot() - written_at_ < k_wait_max;
  if (!may_wait) flush();
}

void TaskJournal::flush() {
  if (lines_.empty() || !file_) return;
  try {
    base::write_all(file_.get(), lines_, path_);
  } catch (const Error& error) {
    // The run's results matter more than what is told of them.
    file_.reset();
    base::log(base::LogLevel::warn, "the journal of tasks ends here", {{"error", error.what()}});
  }
  lines_.clear();
  written_at_ = base::now_boot();
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
  throw Error(ErrorKind::not_found, fmt::format("the run has no task '{}'", wanted))
      .with_hint(base::nearest_hint(
          wanted, names, "name it by its number, its name or the beginning of its hash"));
}

}  // namespace weir::engine
