#include "compose/task_log_view.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/task_filter.hpp"
#include "repos/pipeline_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

namespace weir::app {
namespace {

std::string duration_of(const jobs::Job& job) {
  return job.duration_ms ? base::format_duration(std::chrono::milliseconds(*job.duration_ms)) : "-";
}

std::string_view status_of(const jobs::Job& job) {
  if (job.state == jobs::JobState::succeeded) return "OK";
  return jobs::is_terminal(job.state) ? "ERR" : "-";
}

/// Upstream's columns, so that what cuts its lines by tabs cuts these. Local scripts have no
/// revision here.
void print_runs_as_upstream(Context& context, const std::vector<PastRun>& runs) {
  Table table(
      {"TIMESTAMP", "DURATION", "RUN NAME", "STATUS", "REVISION ID", "SESSION ID", "COMMAND"});
  for (const PastRun& run : runs) {
    table.row({base::to_local_text(run.job.submitted_at), duration_of(run.job), run.facts.run_name,
               std::string(status_of(run.job)),
               run.facts.commit.empty() ? "-" : repos::short_commit(run.facts.commit),
               run.facts.session_id, run.facts.command_line});
  }
  table.print_padded(context.out);
}

void print_runs(Context& context, const std::vector<PastRun>& runs, const LogQuestion& asked) {
  if (asked.names_only) {
    for (const PastRun& run : runs) context.out.line(run.facts.run_name);
    return;
  }
  if (asked.upstream) return print_runs_as_upstream(context, runs);
  Table table({"TIMESTAMP", "DURATION", "RUN NAME", "STATUS", "SESSION ID", "COMMAND"});
  for (const PastRun& run : runs) {
    table.row({base::to_rfc3339(run.job.submitted_at), duration_of(run.job), run.facts.run_name,
               std::string(status_of(run.job)), run.facts.session_id, run.facts.command_line});
  }
  table.print(context.out, !context.out.is_terminal());
}

void check_fields(const std::vector<std::string>& fields) {
  const std::vector<std::string> known = engine::journal_fields();
  for (const std::string& field : fields) {
    if (std::find(known.begin(), known.end(), field) != known.end()) continue;
    throw Error(ErrorKind::usage, fmt::format("tasks have no field '{}'", field))
        .with_hint(base::nearest_hint(field, known, "known: " + base::join(known, " ")));
  }
}

/// `$name` and `${name}` by the task's fields; anything else stays.
std::string filled(const std::string& text, const engine::JournalEntry& entry) {
  const std::vector<std::string> known = engine::journal_fields();
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$') {
      result += text[i];
      continue;
    }
    const bool braced = i + 1 < text.size() && text[i + 1] == '{';
    const std::size_t begin = i + (braced ? 2 : 1);
    std::size_t end = begin;
    while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || text[end] == '_')) ++end;
    const std::string name = text.substr(begin, end - begin);
    const bool whole = !braced || (end < text.size() && text[end] == '}');
    if (!whole || std::find(known.begin(), known.end(), name) == known.end()) {
      result += '$';
      continue;
    }
    result += engine::journal_field(entry, name);
    i = braced ? end : end - 1;
  }
  return result;
}

std::string line_of(const engine::JournalEntry& entry, const LogQuestion& question,
                    const std::string& template_text) {
  if (!template_text.empty()) return filled(template_text, entry);
  std::string line;
  for (const std::string& field : question.fields) {
    if (&field != &question.fields.front()) line += question.separator;
    line += engine::journal_field(entry, field);
  }
  return line;
}

}  // namespace

std::vector<std::string> names_in(const std::string& text) {
  std::vector<std::string> names;
  for (const std::string_view part : base::split(text, ',')) {
    for (const std::string_view name : base::split(part, ' ')) {
      if (!name.empty()) names.emplace_back(name);
    }
  }
  return names;
}

ExitStatus print_task_log(Context& context, const LogQuestion& asked) {
  if (asked.list_fields) {
    for (const std::string& field : engine::journal_fields()) context.out.line(field);
    return ExitStatus::ok;
  }
  const std::vector<PastRun> runs = past_runs(context);
  const bool about_runs = asked.runs.named.empty() && asked.runs.before.empty() &&
                          asked.runs.after.empty() && asked.runs.but.empty() &&
                          asked.fields.empty() && asked.filter.empty() &&
                          asked.template_text.empty();
  if (about_runs) {
    print_runs(context, runs, asked);
    return ExitStatus::ok;
  }
  LogQuestion question = asked;
  if (question.fields.empty()) question.fields.emplace_back("workdir");
  check_fields(question.fields);
  std::optional<engine::TaskFilter> filter;
  if (!question.filter.empty()) filter.emplace(question.filter);
  // A template may be the name of a file with it.
  std::string text = question.template_text;
  if (!text.empty()) {
    if (auto content = base::try_read_file(context.working_directory / text)) text = *content;
  }
  for (const PastRun& run : choose_runs(runs, question.runs)) {
    for (const engine::JournalEntry& entry : engine::read_journal(run.journal)) {
      if (filter && !filter->matches(entry)) continue;
      const std::string line = line_of(entry, question, text);
      context.out.write(line);
      if (!line.ends_with('\n')) context.out.write("\n");
    }
  }
  return ExitStatus::ok;
}

}  // namespace weir::app
