// The reading half of JobStore, and prune.
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "db/database.hpp"
#include "jobs/internal/job_events.hpp"
#include "jobs/internal/job_row.hpp"
#include "jobs/job_store.hpp"
#include "jobs/run_folder.hpp"

#include <fmt/format.h>

#include <utility>

namespace weir::jobs {
namespace {

std::vector<Job> read_jobs(db::Statement& query) {
  std::vector<Job> jobs;
  while (query.step()) jobs.push_back(read_row(query).job);
  return jobs;
}

/// ", 'a', 'b'" for a list of words that come from our own enumerations.
template <typename Enum>
std::string in_list(std::string_view column, const std::vector<Enum>& values) {
  std::vector<std::string> words;
  for (const Enum value : values) words.push_back(fmt::format("'{}'", word_of(value)));
  return fmt::format(" AND {} IN ({})", column, base::join(words, ","));
}

std::string list_sql(const JobFilter& filter) {
  std::string where = "WHERE (?1 IS NULL OR key = ?1) AND (?2 IS NULL OR submitted_at >= ?2)";
  if (!filter.before_id.empty()) where += " AND number < (SELECT number FROM jobs WHERE id = ?4)";
  if (!filter.directory.empty()) where += " AND directory = ?5";
  if (!filter.engine.empty()) where += " AND engine = ?6";
  if (!filter.kinds.empty()) where += in_list("kind", filter.kinds);
  if (!filter.states.empty()) where += in_list("state", filter.states);
  return select_jobs(where + " ORDER BY number DESC LIMIT ?3");
}

[[noreturn]] void no_such_job(const std::string& name, bool only_runs) {
  throw Error(ErrorKind::not_found,
              fmt::format("no {} '{}'", only_runs ? "run" : "job", base::printable(name)))
      .with_code("no_such_job")
      .with_hint(only_runs ? "`weir jobs list --kind run` shows what there is"
                           : "`weir jobs list` shows what there is");
}

std::vector<Job> newest(db::Database& database, std::string_view condition,
                        std::string_view value = {}) {
  db::Statement query = database.prepare(
      select_jobs(fmt::format("WHERE {} ORDER BY number DESC LIMIT 1", condition)));
  if (!value.empty()) query.bind(1, value);
  return read_jobs(query);
}

std::vector<Job> by_alias(db::Database& database, const std::string& name, bool only_runs) {
  constexpr std::string_view k_lane = "@lane:";
  if (name == "@last" || name == "@active") {
    const std::string_view condition = name == "@last" ? "1" : "open = 1";
    if (only_runs) return newest(database, fmt::format("{} AND kind = 'run'", condition));
    // Services come after the run that they belong to, which is what somebody means.
    std::vector<Job> found = newest(database, fmt::format("{} AND kind <> 'service'", condition));
    return found.empty() ? newest(database, condition) : found;
  }
  if (!name.starts_with(k_lane) || name.size() == k_lane.size()) return {};
  const std::string_view key = std::string_view(name).substr(1);
  std::vector<Job> found = newest(database, "holds = 1 AND key = ?1", key);
  return found.empty() ? newest(database, "key = ?1", key) : found;
}

std::vector<Job> by_prefix(db::Database& database, const std::string& prefix) {
  constexpr int k_candidates_max = 6;
  db::Statement query =
      database.prepare(select_jobs("WHERE id >= ?1 AND id < ?2 ORDER BY number DESC LIMIT ?3"));
  // All ids are made of lower-case letters and digits, and 0x7f sorts after them.
  query.bind_all(std::string_view(prefix), std::string_view(prefix + '\x7f'), k_candidates_max);
  return read_jobs(query);
}

}  // namespace

bool JobStore::exists(const std::filesystem::path& state_dir) {
  return base::file_info(state_dir / "weir.db").has_value();
}

bool JobStore::cancel_requested(const Attempt& attempt) {
  db::Statement query = database_->prepare(
      "SELECT 1 FROM jobs WHERE id = ?1 AND attempt = ?2 AND state = 'cancelling'");
  query.bind_all(std::string_view(attempt.id), attempt.number);
  return query.step();
}

std::optional<Job> JobStore::find(const std::string& id) {
  std::optional<JobRow> row = load_row(*database_, id);
  if (!row.has_value()) return std::nullopt;
  return std::move(row->job);
}

namespace {

Job resolve_among(db::Database& database, const std::string& prefix, bool only_runs) {
  if (prefix.empty()) no_such_job(prefix, only_runs);
  std::vector<Job> found =
      prefix.front() == '@' ? by_alias(database, prefix, only_runs) : by_prefix(database, prefix);
  if (found.empty()) no_such_job(prefix, only_runs);
  if (found.size() == 1 || found.front().id == prefix) return std::move(found.front());
  std::vector<std::string> ids;
  for (const Job& job : found) ids.push_back(job.id);
  throw Error(ErrorKind::usage, fmt::format("'{}' is the beginning of several job ids", prefix))
      .with_code("ambiguous_job")
      .with_hint("give more of one of " + base::join(ids, ", "));
}

}  // namespace

Job JobStore::resolve(const std::string& prefix) {
  return resolve_among(*database_, prefix, false);
}

Job JobStore::resolve_run(const std::string& prefix) {
  return resolve_among(*database_, prefix, true);
}

std::vector<Job> JobStore::list(const JobFilter& filter) {
  db::Statement query = database_->prepare(list_sql(filter));
  query.bind_text_or_null(1, filter.key);
  if (filter.since.has_value()) query.bind(2, base::to_millis(*filter.since));
  query.bind(3, filter.limit);
  if (!filter.before_id.empty()) query.bind(4, std::string_view(filter.before_id));
  if (!filter.directory.empty()) query.bind(5, std::string_view(filter.directory));
  if (!filter.engine.empty()) query.bind(6, std::string_view(filter.engine));
  return read_jobs(query);
}

std::vector<Job> JobStore::active() {
  // Ids first: mostly there are none, and every start asks.
  db::Statement ids =
      database_->prepare("SELECT id FROM jobs INDEXED BY jobs_open WHERE open = 1 ORDER BY number");
  std::vector<Job> jobs;
  while (ids.step()) {
    std::optional<Job> job = find(ids.text(0));
    if (job.has_value()) jobs.push_back(std::move(*job));
  }
  return jobs;
}

std::vector<Stage> JobStore::stages(const std::string& id) {
  db::Statement query = database_->prepare(
      "SELECT kind, attempt, cache_key, sha256, size FROM job_stages "
      "WHERE job = (SELECT number FROM jobs WHERE id = ?1) ORDER BY kind");
  query.bind(1, std::string_view(id));
  std::vector<Stage> stages;
  while (query.step()) {
    stages.push_back(
        {query.text(0), query.integer(1), query.text(2), query.text(3), query.integer(4)});
  }
  return stages;
}

std::vector<std::string> JobStore::prune(const PruneOptions& options) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  {
    db::Statement query = database_->prepare(
        "SELECT number, id FROM jobs WHERE open = 0 AND finished_at < ?1 AND (state <> 'lost' OR "
        "?4) AND pinned = 0 AND number NOT IN (SELECT job FROM job_requests WHERE expires_at > ?5) "
        "AND number NOT IN "
        "(SELECT number FROM jobs WHERE open = 0 ORDER BY finished_at DESC LIMIT ?2) ORDER BY "
        "finished_at LIMIT ?3");
    query.bind_all(base::to_millis(options.before), options.keep, options.limit, options.lost_too,
                   base::to_millis(surroundings_.wall()));
    while (query.step()) found.emplace_back(query.integer(0), query.text(1));
  }
  std::vector<std::string> ids;
  for (const auto& [number, id] : found) ids.push_back(id);
  if (options.dry_run) return ids;
  // Folders first: after a crash in between, the rows are found again and removed next time.
  for (const std::string& id : ids) base::remove_tree(RunFolder::path_of(state_dir_, id));
  atomically([&] {
    for (const auto& entry : found) {
      database_->prepare("DELETE FROM job_events WHERE place > ?1 AND place < ?2")
          .bind_all(event_place(entry.first, 0), event_place(entry.first + 1, 0))
          .run();
      database_->prepare("DELETE FROM job_tasks WHERE job = ?1").bind(1, entry.first).run();
      database_->prepare("DELETE FROM job_stages WHERE job = ?1").bind(1, entry.first).run();
      database_->prepare("DELETE FROM jobs WHERE number = ?1 AND open = 0")
          .bind(1, entry.first)
          .run();
    }
  });
  return ids;
}

}  // namespace weir::jobs
