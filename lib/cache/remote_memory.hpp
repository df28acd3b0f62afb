#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace weir::db {
class Database;
}

namespace weir::cache {

/// What a source on another machine was when it was last fetched.
struct RemoteSource {
  std::string url;
  std::string etag;    ///< strong; empty: none
  std::string sha256;  ///< of its bytes
  std::string md5;
  std::int64_t size_bytes = 0;
  std::string format;  ///< as it was told from the content
};

/// Remembers fetched sources, so that an unchanged one need not be fetched again.
class RemoteMemory {
 public:
  explicit RemoteMemory(db::Database& database);

  [[nodiscard]] std::optional<RemoteSource> find(const std::string& url);
  void remember(const RemoteSource& source, std::int64_t now_ms);

 private:
  db::Database& database_;
};

}  // namespace weir::cache
