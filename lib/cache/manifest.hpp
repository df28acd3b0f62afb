#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::db {
class Database;
}

namespace weir::cache {

struct BlobInfo;

/// One row of the manifest: what a blob is and where it came from.
struct Artifact {
  std::string key;     ///< `key_of` its parts
  std::string alias;   ///< readable; not unique
  std::string kind;    ///< data, index
  std::string sha256;  ///< of its bytes, and so the name of its blob
  std::int64_t size_bytes = 0;
  std::string media_type;
  std::string suffix;  ///< of a file that holds it: ".vcf.gz", ".tbi"
  std::string source_sha256;
  std::int64_t source_size_bytes = 0;
  std::string source_name;  ///< file name, without its folder
  std::string processor_id;
  int processor_version = 0;
  std::string parameters_json;  ///< those that can change the bytes
  std::string report_json;      ///< counts, repairs, warnings of the run that made it
  std::string made_by;          ///< the id of that job
  base::WallTime created_at{};
  base::WallTime last_used{};
  bool pinned = false;
};

struct ArtifactFilter {
  std::string kind;           ///< empty: all
  std::string source_sha256;  ///< empty: all
  std::string text;           ///< part of the alias; empty: all
  std::int64_t limit = 1000;
};

enum class Recorded {
  fresh,
  same,       ///< there already, with the same bytes
  divergent,  ///< there already, with other bytes: the old one stays
};

/// What the cache holds, in the state directory's database. Rows of different stores (`place`)
/// never mix.
///
/// Every method is one transaction, or part of the caller's. Throws Error as db::Database does.
class Manifest {
 public:
  /// Brings the tables up to date. Keeps a reference to `database`.
  Manifest(db::Database& database, std::string_view place);

  [[nodiscard]] Recorded record(const Artifact& artifact);
  [[nodiscard]] std::optional<Artifact> find(const std::string& key);
  /// By a unique prefix of the key, or by the whole alias (the newest wins). Throws
  /// Error(not_found), Error(usage) with the candidates.
  [[nodiscard]] Artifact resolve(const std::string& name);
  /// Newest first.
  [[nodiscard]] std::vector<Artifact> list(const ArtifactFilter& filter);
  /// Least recently used first, one call at a time, until `visit` answers false.
  void visit_by_use(const std::function<bool(const Artifact&)>& visit);
  /// Whether any artifact was made from a source of that size.
  [[nodiscard]] bool knows_source_size(std::int64_t size_bytes);
  /// Notes the use of an artifact, at most once a minute.
  void touch(const std::string& key, base::WallTime now);
  /// False when there is no such key.
  bool pin(const std::string& key, bool pinned);
  /// Whether this very file of a blob was found to be what its name says since the machine started.
  [[nodiscard]] bool is_checked(const BlobInfo& blob);
  void note_checked(const BlobInfo& blob);
  /// Forgets the checks of blobs that no row names.
  void forget_unnamed_checks();
  bool remove(const std::string& key);

 private:
  db::Database& database_;
  std::int64_t place_ = 0;
};

/// Brings the module's tables up to date.
void migrate_cache(db::Database& database);

}  // namespace weir::cache
