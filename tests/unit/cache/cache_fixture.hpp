#pragma once

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "cache/store.hpp"
#include "db/database.hpp"

#include <doctest/doctest.h>

#include <string>

namespace weir::cache {

/// A cache and a database in a folder of their own.
struct CacheFixture {
  base::TempDir dir;
  db::Database database{dir.path() / "state" / "weir.db"};
  Store store{dir.path() / "cache", database};
  base::WallTime now = base::from_millis(1'700'000'000'000);

  /// Stores `content` as a blob; its digest.
  std::string put(const std::string& content) {
    const std::filesystem::path file = dir.path() / "incoming";
    base::write_file(file, content);
    const std::string sha256 = base::sha256_hex(content);
    static_cast<void>(store.backend().put(file, sha256));
    return sha256;
  }

  Artifact artifact(const std::string& name, const std::string& content) {
    Artifact artifact;
    artifact.key = base::sha256_hex(name);
    artifact.alias = "local/" + name + "/data/p/0-v1";
    artifact.kind = "data";
    artifact.sha256 = base::sha256_hex(content);
    artifact.size_bytes = static_cast<std::int64_t>(content.size());
    artifact.source_sha256 = "s";
    artifact.source_size_bytes = 77;
    artifact.created_at = now;
    artifact.last_used = now;
    return artifact;
  }

  /// A blob and its row.
  Artifact add(const std::string& name, const std::string& content) {
    put(content);
    Artifact row = artifact(name, content);
    REQUIRE(store.manifest().record(row) == Recorded::fresh);
    return row;
  }
};

template <typename Work>
Error error_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  return {ErrorKind::bug, "nothing was thrown"};
}

}  // namespace weir::cache
