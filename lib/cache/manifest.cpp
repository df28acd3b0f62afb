#include "cache/manifest.hpp"

#include "cache/backend.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "db/database.hpp"
#include "db/migration.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

namespace weir::cache {
namespace {

constexpr std::string_view k_version_1 = R"sql(
CREATE TABLE cache_places(number INTEGER PRIMARY KEY, place TEXT NOT NULL UNIQUE);
CREATE TABLE cache_artifacts(
  number INTEGER PRIMARY KEY, place INTEGER NOT NULL, key TEXT NOT NULL, alias TEXT NOT NULL,
  kind TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL,
  suffix TEXT NOT NULL, source_sha256 TEXT NOT NULL, source_size INTEGER NOT NULL,
  source_name TEXT NOT NULL, processor_id TEXT NOT NULL, processor_version INTEGER NOT NULL,
  parameters TEXT NOT NULL, report TEXT NOT NULL, made_by TEXT NOT NULL,
  created_at INTEGER NOT NULL, last_used INTEGER NOT NULL, pinned INTEGER NOT NULL DEFAULT 0,
  UNIQUE(place, key));
CREATE INDEX cache_artifacts_by_blob ON cache_artifacts(sha256);
CREATE INDEX cache_artifacts_by_source ON cache_artifacts(source_size, source_sha256);
CREATE INDEX cache_artifacts_by_use ON cache_artifacts(place, last_used);
CREATE TABLE cache_sources(
  device INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
  ctime INTEGER NOT NULL, sha256 TEXT NOT NULL, noted_at INTEGER NOT NULL,
  PRIMARY KEY(device, inode)) WITHOUT ROWID;
)sql";

// What was fetched from other machines: the validator to ask again with, and what the bytes were.
constexpr std::string_view k_version_2 = R"sql(
CREATE TABLE cache_remote_sources(
  url TEXT PRIMARY KEY, etag TEXT NOT NULL, sha256 TEXT NOT NULL, md5 TEXT NOT NULL,
  size INTEGER NOT NULL, format TEXT NOT NULL, noted_at INTEGER NOT NULL) WITHOUT ROWID;
)sql";

// Blobs whose bytes were held against their digest, and in which boot of the machine.
constexpr std::string_view k_version_3 = R"sql(
CREATE TABLE cache_checked(
  place INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
  boot TEXT NOT NULL, PRIMARY KEY(place, sha256)) WITHOUT ROWID;
)sql";

constexpr std::array k_steps{db::Migration{1, k_version_1}, db::Migration{2, k_version_2},
                             db::Migration{3, k_version_3}};

std::string select_artifacts(std::string_view rest) {
  return fmt::format(
      "SELECT key, alias, kind, sha256, size, media_type, suffix, source_sha256, source_size, "
      "source_name, "
      "processor_id, processor_version, parameters, report, made_by, created_at, last_used, pinned "
      "FROM cache_artifacts {}",
      rest);
}

Artifact read_artifact(const db::Statement& row) {
  Artifact artifact;
  artifact.key = row.text(0);
  artifact.alias = row.text(1);
  artifact.kind = row.text(2);
  artifact.sha256 = row.text(3);
  artifact.size_bytes = row.integer(4);
  artifact.media_type = row.text(5);
  artifact.suffix = row.text(6);
  artifact.source_sha256 = row.text(7);
  artifact.source_size_bytes = row.integer(8);
  artifact.source_name = row.text(9);
  artifact.processor_id = row.text(10);
  artifact.processor_version = static_cast<int>(row.integer(11));
  artifact.parameters_json = row.text(12);
  artifact.report_json = row.text(13);
  artifact.made_by = row.text(14);
  artifact.created_at = base::from_millis(row.integer(15));
  artifact.last_used = base::from_millis(row.integer(16));
  artifact.pinned = row.integer(17) != 0;
  return artifact;
}

std::vector<Artifact> read_artifacts(db::Statement& query) {
  std::vector<Artifact> artifacts;
  while (query.step()) artifacts.push_back(read_artifact(query));
  return artifacts;
}

std::int64_t place_number(db::Database& database, std::string_view place) {
  constexpr std::string_view k_find = "SELECT number FROM cache_places WHERE place = ?1";
  {
    db::Statement query = database.prepare(k_find);
    query.bind(1, place);
    if (query.step()) return query.integer(0);
  }
  std::int64_t number = 0;
  db::in_transaction(database, [&] {
    database.prepare("INSERT OR IGNORE INTO cache_places(place) VALUES (?1)").bind(1, place).run();
    db::Statement query = database.prepare(k_find);
    query.bind(1, place);
    if (query.step()) number = query.integer(0);
  });
  return number;
}

}  // namespace

void migrate_cache(db::Database& database) {
  db::migrate(database, "cache", k_steps);
}

Manifest::Manifest(db::Database& database, std::string_view place) : database_(database) {
  migrate_cache(database_);
  place_ = place_number(database_, place);
}

std::optional<Artifact> Manifest::find(const std::string& key) {
  static const std::string sql = select_artifacts("WHERE place = ?1 AND key = ?2");
  db::Statement query = database_.prepare(sql);
  query.bind_all(place_, std::string_view(key));
  if (!query.step()) return std::nullopt;
  return read_artifact(query);
}

Recorded Manifest::record(const Artifact& artifact) {
  Recorded result = Recorded::fresh;
  db::in_transaction(database_, [&] {
    const std::optional<Artifact> old = find(artifact.key);
    if (old.has_value()) {
      result = old->sha256 == artifact.sha256 ? Recorded::same : Recorded::divergent;
      return;
    }
    result = Recorded::fresh;
    db::Statement insert = database_.prepare(
        "INSERT INTO cache_artifacts(place, key, alias, kind, sha256, size, media_type, suffix, "
        "source_sha256, "
        "source_size, source_name, processor_id, processor_version, parameters, report, made_by, "
        "created_at, "
        "last_used, pinned) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, "
        "?19)");
    using View = std::string_view;
    insert
        .bind_all(place_, View(artifact.key), View(artifact.alias), View(artifact.kind),
                  View(artifact.sha256), artifact.size_bytes, View(artifact.media_type),
                  View(artifact.suffix), View(artifact.source_sha256), artifact.source_size_bytes,
                  View(artifact.source_name), View(artifact.processor_id),
                  artifact.processor_version, View(artifact.parameters_json),
                  View(artifact.report_json), View(artifact.made_by),
                  base::to_millis(artifact.created_at), base::to_millis(artifact.last_used),
                  artifact.pinned)
        .run();
  });
  return result;
}

Artifact Manifest::resolve(const std::string& name) {
  constexpr int k_candidates_max = 6;
  std::vector<Artifact> found;
  if (name.find('/') != std::string::npos) {
    db::Statement query = database_.prepare(
        select_artifacts("WHERE place = ?1 AND alias = ?2 ORDER BY number DESC LIMIT 1"));
    query.bind_all(place_, std::string_view(name));
    found = read_artifacts(query);
  } else if (!name.empty()) {
    db::Statement query = database_.prepare(select_artifacts(
        "WHERE place = ?1 AND key >= ?2 AND key < ?3 ORDER BY number DESC LIMIT ?4"));
    query.bind_all(place_, std::string_view(name), std::string_view(name + '\x7f'),
                   k_candidates_max);
    found = read_artifacts(query);
  }
  if (found.empty()) {
    throw Error(ErrorKind::not_found,
                fmt::format("no artifact '{}' in the cache", base::printable(name)))
        .with_code("no_such_artifact")
        .with_hint("`weir cache ls` shows what there is");
  }
  if (found.size() == 1) return std::move(found.front());
  std::vector<std::string> keys;
  for (const Artifact& artifact : found) keys.push_back(artifact.key.substr(0, 16));
  throw Error(ErrorKind::usage, fmt::format("'{}' is the beginning of several keys", name))
      .with_code("ambiguous_artifact")
      .with_hint("give more of one of " + base::join(keys, ", "));
}

std::vector<Artifact> Manifest::list(const ArtifactFilter& filter) {
  static const std::string sql = select_artifacts(
      "WHERE place = ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR source_sha256 = ?3) "
      "AND (?4 IS NULL OR instr(alias, ?4) > 0) ORDER BY number DESC LIMIT ?5");
  db::Statement query = database_.prepare(sql);
  query.bind(1, place_)
      .bind_text_or_null(2, filter.kind)
      .bind_text_or_null(3, filter.source_sha256);
  query.bind_text_or_null(4, filter.text).bind(5, filter.limit);
  return read_artifacts(query);
}

void Manifest::visit_by_use(const std::function<bool(const Artifact&)>& visit) {
  static const std::string sql = select_artifacts("WHERE place = ?1 ORDER BY last_used, number");
  std::vector<Artifact> all;
  {
    db::Statement query = database_.prepare(sql);
    query.bind(1, place_);
    all = read_artifacts(query);
  }
  for (const Artifact& artifact : all) {
    if (!visit(artifact)) return;
  }
}

bool Manifest::knows_source_size(std::int64_t size_bytes) {
  db::Statement query = database_.prepare(
      "SELECT 1 FROM cache_artifacts WHERE source_size = ?1 AND place = ?2 LIMIT 1");
  query.bind_all(size_bytes, place_);
  return query.step();
}

void Manifest::touch(const std::string& key, base::WallTime now) {
  // A minute is exact enough to find the least used, and most hits then write nothing.
  const std::optional<Artifact> artifact = find(key);
  if (!artifact.has_value() || now - artifact->last_used < std::chrono::minutes(1)) return;
  db::in_transaction(database_, [&] {
    database_.prepare("UPDATE cache_artifacts SET last_used = ?3 WHERE place = ?1 AND key = ?2")
        .bind_all(place_, std::string_view(key), base::to_millis(now))
        .run();
  });
}

bool Manifest::pin(const std::string& key, bool pinned) {
  bool found = false;
  db::in_transaction(database_, [&] {
    database_.prepare("UPDATE cache_artifacts SET pinned = ?3 WHERE place = ?1 AND key = ?2")
        .bind_all(place_, std::string_view(key), pinned)
        .run();
    found = database_.changes() > 0;
  });
  return found;
}

bool Manifest::is_checked(const BlobInfo& blob) {
  db::Statement query = database_.prepare(
      "SELECT 1 FROM cache_checked WHERE place = ?1 AND sha256 = ?2 AND size = ?3 AND mtime = ?4 "
      "AND boot = ?5");
  query.bind_all(place_, std::string_view(blob.sha256), blob.size_bytes, blob.mtime_ns,
                 std::string_view(base::boot_id()));
  return query.step();
}

void Manifest::note_checked(const BlobInfo& blob) {
  db::in_transaction(database_, [&] {
    database_
        .prepare(
            "INSERT OR REPLACE INTO cache_checked(place, sha256, size, mtime, boot) "
            "VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind_all(place_, std::string_view(blob.sha256), blob.size_bytes, blob.mtime_ns,
                  std::string_view(base::boot_id()))
        .run();
  });
}

void Manifest::forget_unnamed_checks() {
  db::in_transaction(database_, [&] {
    database_
        .prepare(
            "DELETE FROM cache_checked WHERE place = ?1 AND sha256 NOT IN "
            "(SELECT sha256 FROM cache_artifacts WHERE place = ?1)")
        .bind_all(place_)
        .run();
  });
}

bool Manifest::remove(const std::string& key) {
  bool found = false;
  db::in_transaction(database_, [&] {
    database_.prepare("DELETE FROM cache_artifacts WHERE place = ?1 AND key = ?2")
        .bind_all(place_, std::string_view(key))
        .run();
    found = database_.changes() > 0;
  });
  return found;
}

}  // namespace weir::cache
