#include "runs/nextflow_log.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace weir::runs {
namespace {

bool is_hex(char one) {
  return (one >= '0' && one <= '9') || (one >= 'a' && one <= 'f');
}

bool is_digit(char one) {
  return one >= '0' && one <= '9';
}

/// "Jan-31 12:00:00.123 [thread] LEVEL logger - text": begins a record. The month's name depends on
/// the locale, so only its shape counts.
struct Header {
  std::string_view level;
  std::string_view text;
};
std::optional<Header> parse_header(std::string_view line) {
  const std::size_t dash = line.find('-');
  if (dash == std::string_view::npos || dash == 0 || dash > 12) return std::nullopt;
  constexpr std::string_view k_shape = "dd dd:dd:dd.ddd [";
  const std::string_view after = line.substr(dash + 1);
  if (after.size() < k_shape.size()) return std::nullopt;
  for (std::size_t i = 0; i < k_shape.size(); ++i) {
    if (k_shape[i] == 'd' ? !is_digit(after[i]) : after[i] != k_shape[i]) return std::nullopt;
  }
  // A thread's name may hold brackets; its end is the first bracket before a level.
  static constexpr std::array<std::string_view, 5> k_levels{"TRACE", "DEBUG", "INFO", "WARN",
                                                            "ERROR"};
  for (std::size_t at = after.find("] "); at != std::string_view::npos;
       at = after.find("] ", at + 1)) {
    const std::string_view rest = after.substr(at + 2);
    for (const std::string_view level : k_levels) {
      if (!rest.starts_with(level) || rest.size() == level.size() || rest[level.size()] != ' ')
        continue;
      const std::size_t text = rest.find(" - ");
      if (text == std::string_view::npos) return std::nullopt;
      return Header{level, rest.substr(text + 3)};
    }
  }
  return std::nullopt;
}

/// "[ab/cdef01] rest": the hash, and `text` becomes the rest.
std::optional<std::string_view> take_hash(std::string_view& text) {
  constexpr std::size_t k_length = 11;  // [ab/cdef01]
  if (text.size() < k_length + 1 || text[0] != '[' || text[3] != '/' || text[10] != ']' ||
      text[11] != ' ') {
    return std::nullopt;
  }
  const std::string_view hash = text.substr(1, 9);
  for (std::size_t i = 0; i < hash.size(); ++i) {
    if (i != 2 && !is_hex(hash[i])) return std::nullopt;
  }
  text.remove_prefix(k_length + 1);
  return hash;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// The hash of a work directory: its last two folders, cut as the log shows hashes.
std::string hash_of(std::string_view workdir) {
  const std::size_t last = workdir.rfind('/');
  if (last == std::string_view::npos || last < 2) return "";
  const std::size_t before = workdir.rfind('/', last - 1);
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return std::string(workdir.substr(begin, last - begin)) + "/" +
         std::string(workdir.substr(last + 1, 6));
}

/// Text between the last "; KEY: " before `end` and `end`; `end` moves before it. Names may hold
/// anything, so it is cut by known keys from the right.
std::optional<std::string_view> cut_back(std::string_view handler, std::string_view key,
                                         std::size_t& end) {
  const std::string pattern = "; " + std::string(key) + ": ";
  const std::size_t at = handler.substr(0, end).rfind(pattern);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view value = handler.substr(at + pattern.size(), end - at - pattern.size());
  end = at;
  return value;
}

std::optional<std::int64_t> exit_of(std::string_view text) {
  const auto number = base::parse_int64(text);
  constexpr std::int64_t k_unknown = 2147483647;
  if (!number.has_value() || *number == k_unknown) return std::nullopt;
  return number;
}

}  // namespace

std::string process_of(std::string_view task_name, std::string& tag) {
  tag.clear();
  const std::size_t open = task_name.rfind(" (");
  if (!task_name.ends_with(')') || open == std::string_view::npos) return std::string(task_name);
  tag = task_name.substr(open + 2, task_name.size() - open - 3);
  return std::string(task_name.substr(0, open));
}

void NextflowLog::restart() {
  NextflowLog fresh(std::move(listener_));
  *this = std::move(fresh);
}

std::string_view cause_in(std::string_view report) {
  constexpr std::string_view k_cause = "Caused by:\n";
  const std::size_t cause = report.find(k_cause);
  if (cause == std::string_view::npos) return {};
  const std::string_view rest = report.substr(cause + k_cause.size());
  return base::trim(rest.substr(0, rest.find('\n')));
}

void NextflowLog::add(std::string_view bytes) {
  rest_ += bytes;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1)
    line(std::string_view(rest_).substr(begin, end - begin));
  rest_.erase(0, begin);
  if (rest_.size() > k_record_bytes_max) rest_.clear();
}

void NextflowLog::finish() {
  if (!rest_.empty()) line(std::exchange(rest_, ""));
  if (in_record_) record(level_, record_);
  in_record_ = false;
}

void NextflowLog::line(std::string_view text) {
  if (text.ends_with('\r')) text.remove_suffix(1);
  const std::optional<Header> header = parse_header(text);
  if (!header.has_value()) {
    if (in_record_ && record_.size() + text.size() < k_record_bytes_max)
      record_.append("\n").append(text);
    return;
  }
  if (in_record_) record(level_, record_);
  in_record_ = true;
  level_ = header->level;
  record_ = header->text;
  // Records of one line are told at once: nobody waits for the next one to see a task's end.
  if (level_ == "ERROR" || record_.empty()) return;
  record(level_, record_);
  in_record_ = false;
}

void NextflowLog::tell(jobs::TaskRow row) const {
  row.process = process_of(row.name, row.tag);
  if (listener_.task) listener_.task(row);
}

jobs::TaskRow NextflowLog::row_of(const Known& known, std::string_view hash,
                                  std::string_view state) {
  jobs::TaskRow row;
  row.task = known.task;
  row.attempt = known.attempt;
  row.state = state;
  row.name = known.name;
  row.hash = hash;
  return row;
}

void NextflowLog::submitted(std::string_view hash, std::string_view name, bool again) {
  Known known{.task = 0, .attempt = 1, .name = std::string(name)};
  if (const auto to_come = retried_.find(name); again && to_come != retried_.end()) {
    known.task = to_come->second.task;
    known.attempt = to_come->second.attempt + 1;
    retried_.erase(to_come);
  } else {
    known.task = ++next_task_;
  }
  open_[std::string(hash) + " " + known.name].push_back(known);
  by_hash_[std::string(hash)] = known;
  tell(row_of(known, hash, "submitted"));
}

void NextflowLog::look_for_started(std::size_t looks_max, const StartOf& start_of) {
  auto at = open_.upper_bound(looked_at_);
  for (std::size_t visited = 0; visited < open_.size() && looks_max > 0; ++visited, ++at) {
    if (at == open_.end()) at = open_.begin();
    looked_at_ = at->first;
    const std::string hash = at->first.substr(0, at->first.find(' '));
    for (Known& known : at->second) {
      if (known.running || looks_max == 0) continue;
      --looks_max;
      const std::optional<base::WallTime> start = start_of(hash);
      if (!start.has_value()) continue;
      known.running = true;
      jobs::TaskRow row = row_of(known, hash, "running");
      row.started_at = start;
      tell(std::move(row));
    }
  }
}

void NextflowLog::without_running(std::string_view state, std::string_view hash,
                                  std::string_view name) {
  tell(row_of({.task = ++next_task_, .name = std::string(name)}, hash, state));
}

/// "[hash] NOTE: text -- Execution is retried (1)" or "-- Error is ignored".
void NextflowLog::noted(std::string_view hash, std::string_view text) {
  const bool ignored = text.ends_with("Error is ignored");
  const bool retried = text.find("-- Execution is retried") != std::string_view::npos;
  const auto known = by_hash_.find(hash);
  if ((!ignored && !retried) || known == by_hash_.end()) return;
  jobs::TaskRow row = row_of(known->second, hash, ignored ? "ignored" : "retried");
  row.error = text.substr(0, text.rfind(" -- "));
  if (retried) retried_[row.name] = known->second;
  tell(std::move(row));
}

/// "TaskHandler[id: 1; name: X; status: COMPLETED; exit: 0; error: -; workDir: /w/ab/cdef…]"; grids
/// add fields behind the work directory.
/// "[SLURM] submitted process ALIGN (s1) > jobId: 4711; workDir: …" (GridTaskHandler).
bool NextflowLog::handed_over(std::string_view text) {
  constexpr std::string_view k_submitted = "] submitted process ";
  constexpr std::string_view k_id = " > jobId: ";
  const std::size_t name = text.find(k_submitted);
  const std::size_t id = text.rfind(k_id);
  if (!text.starts_with('[') || name == std::string_view::npos || id == std::string_view::npos ||
      id < name + k_submitted.size()) {
    return false;
  }
  const std::string_view native = text.substr(id + k_id.size());
  const std::string number(native.substr(0, native.find(';')));
  grid_jobs_[number] =
      fmt::format("{} {} ({})", text.substr(1, name - 1), number,
                  text.substr(name + k_submitted.size(), id - name - k_submitted.size()));
  return true;
}

std::vector<std::string> NextflowLog::grid_jobs() const {
  std::vector<std::string> names;
  for (const auto& [id, name] : grid_jobs_) names.push_back(name);
  return names;
}

void NextflowLog::completed(std::string_view handler) {
  const std::size_t open = handler.find('[');
  if (open == std::string_view::npos) return;
  if (handler.ends_with(']')) handler.remove_suffix(1);
  handler.remove_prefix(open + 1);
  if (take_prefix(handler, "jobId: ")) {  // of a batch system
    const std::size_t end = handler.find("; ");
    if (end == std::string_view::npos) return;
    grid_jobs_.erase(std::string(handler.substr(0, end)));
    handler.remove_prefix(end + 2);
  }
  if (!handler.starts_with("id: ")) return;
  std::size_t end = handler.size();
  std::optional<std::string_view> workdir = cut_back(handler, "workDir", end);
  if (!workdir.has_value()) return;
  // Fields of grids follow after a blank: "workDir: /w/ab/cdef started: …; exited: …;".
  if (const std::size_t blank = workdir->find(" started: "); blank != std::string_view::npos)
    workdir = workdir->substr(0, blank);
  const std::optional<std::string_view> error = cut_back(handler, "error", end);
  const std::optional<std::string_view> exit = cut_back(handler, "exit", end);
  const std::optional<std::string_view> status = cut_back(handler, "status", end);
  const std::optional<std::string_view> name = cut_back(handler, "name", end);
  if (!error || !exit || !status || !name) return;
  const std::string hash = hash_of(*workdir);
  const auto found = open_.find(hash + " " + std::string(*name));
  if (found == open_.end() || found->second.empty()) return;
  const Known known = found->second.front();
  found->second.pop_front();
  if (found->second.empty()) open_.erase(found);
  jobs::TaskRow row;
  row.task = known.task;
  row.attempt = known.attempt;
  row.name = *name;
  row.hash = hash;
  row.workdir = *workdir;
  row.exit_status = exit_of(*exit);
  if (*error != "-") row.error = *error;
  // Tasks that are no scripts have no exit status.
  const bool good = *error == "-" && row.exit_status.value_or(*status == "COMPLETED" ? 0 : 1) == 0;
  row.state = *status == "ABORTED" ? "aborted" : good ? "completed" : "failed";
  ended_[row.name] = row;
  tell(std::move(row));
}

/// "Error executing process > 'NAME'", then "Caused by:" and the cause. The command itself may have
/// ended well, and an output been missing.
void NextflowLog::failed(std::string_view block) {
  const std::string_view first = block.substr(0, block.find('\n'));
  const std::size_t open = first.find('\'');
  const std::size_t close = first.rfind('\'');
  if (open == std::string_view::npos || close <= open) return;
  const auto ended = ended_.find(first.substr(open + 1, close - open - 1));
  if (ended == ended_.end()) return;
  jobs::TaskRow row = ended->second;
  row.state = "failed";
  if (const std::string_view cause = cause_in(block); !cause.empty()) row.error = cause;
  tell(std::move(row));
}

void NextflowLog::abandon() {
  for (const auto& [key, attempts] : open_) {
    for (const Known& known : attempts)
      tell(row_of(known, key.substr(0, key.find(' ')), "aborted"));
  }
  open_.clear();
}

/// "WorkflowStats[succeededCount=3; failedCount=0; …]".
void NextflowLog::totals(std::string_view stats) {
  const auto number = [&](std::string_view name) -> std::optional<std::int64_t> {
    const std::string key = std::string(name) + "=";
    const std::size_t at = stats.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view rest = stats.substr(at + key.size());
    return base::parse_int64(rest.substr(0, rest.find(';')));
  };
  const auto succeeded = number("succeededCount");
  const auto failed = number("failedCount");
  if (!succeeded || !failed) return;
  end_.totals = Counters::Totals{.succeeded = *succeeded,
                                 .failed = *failed,
                                 .ignored = number("ignoredCount").value_or(0),
                                 .cached = number("cachedCount").value_or(0),
                                 .stored = 0,
                                 .aborted = number("abortedCount").value_or(0) +
                                            number("runningCount").value_or(0) +
                                            number("submittedCount").value_or(0),
                                 .retries = number("retriesCount").value_or(0)};
  pending_ = number("pendingCount").value_or(0);
}

void NextflowLog::record(std::string_view level, std::string_view text) {
  ++records_;
  std::string_view rest = text;
  if (level == "ERROR" || level == "WARN") {
    if (listener_.message)
      listener_.message({level == "ERROR" ? "error" : "warning", std::string(text)});
    if (level != "ERROR") return;
    end_.failed = true;
    last_error_ = text;
    if (!rest.starts_with("Error executing process")) return;
    if (error_block_.empty()) error_block_ = text;
    failed(text);
    return;
  }
  if (handed_over(rest)) return;
  if (const auto hash = take_hash(rest); hash.has_value()) {
    if (take_prefix(rest, "Submitted process > ")) return submitted(*hash, rest, false);
    if (take_prefix(rest, "Re-submitted process > ")) return submitted(*hash, rest, true);
    if (take_prefix(rest, "Cached process > ")) return without_running("cached", *hash, rest);
    if (take_prefix(rest, "NOTE: ")) return noted(*hash, rest);
    return;
  }
  if (take_prefix(rest, "[skipping] Stored process > ")) return without_running("stored", "", rest);
  if (take_prefix(rest, "Task completed > ") || take_prefix(rest, "Task timed-out > "))
    return completed(rest);
  if (take_prefix(rest, "Workflow completed > ")) return totals(rest);
  if (rest.starts_with("> Execution complete -- Goodbye") ||
      rest.starts_with("Execution complete -- Goodbye")) {
    end_.complete = true;
  } else if (rest.starts_with("Session aborted -- Cause:")) {
    end_.failed = true;
  } else if (take_prefix(rest, "Session UUID: ")) {
    session_id_ = rest;
  } else if (take_prefix(rest, "Run name: ")) {
    run_name_ = rest;
  } else if (take_prefix(rest, "[warm up] executor > ") || take_prefix(rest, "!! executor ")) {
    executor_ = rest.substr(0, rest.find(' '));
  } else if (take_prefix(rest, "Work-dir: ")) {
    work_dir_ = rest.substr(0, rest.rfind(" ["));  // the kind of file system follows
  } else if (const std::size_t at = rest.find("tasks in the submission queue: ");
             at != std::string_view::npos) {
    const std::string_view digits = rest.substr(at + 31);
    pending_ = base::parse_int64(digits.substr(0, digits.find(' '))).value_or(0);
  } else if (const std::size_t version = rest.find("Version: ");
             version != std::string_view::npos && version_.empty()) {
    const std::string_view word = base::trim(rest.substr(version + 9));
    version_ = word.substr(0, word.find_first_of(" \n"));
  }
}

}  // namespace weir::runs
