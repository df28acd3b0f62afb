#include "cache/remote_memory.hpp"

#include "cache/manifest.hpp"
#include "db/database.hpp"

#include <string_view>

namespace weir::cache {

RemoteMemory::RemoteMemory(db::Database& database) : database_(database) {
  migrate_cache(database);
}

std::optional<RemoteSource> RemoteMemory::find(const std::string& url) {
  db::Statement query = database_.prepare(
      "SELECT etag, sha256, md5, size, format FROM cache_remote_sources WHERE url = ?1");
  query.bind(1, std::string_view(url));
  if (!query.step()) return std::nullopt;
  RemoteSource source;
  source.url = url;
  source.etag = query.text(0);
  source.sha256 = query.text(1);
  source.md5 = query.text(2);
  source.size_bytes = query.integer(3);
  source.format = query.text(4);
  return source;
}

void RemoteMemory::remember(const RemoteSource& source, std::int64_t now_ms) {
  db::in_transaction(database_, [&] {
    db::Statement write = database_.prepare(
        "INSERT OR REPLACE INTO cache_remote_sources(url, etag, sha256, md5, size, format, "
        "noted_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    using View = std::string_view;
    write
        .bind_all(View(source.url), View(source.etag), View(source.sha256), View(source.md5),
                  source.size_bytes, View(source.format), now_ms)
        .run();
  });
}

}  // namespace weir::cache
