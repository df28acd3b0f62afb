#include "cache/source_memory.hpp"

#include "base/error.hpp"
#include "cache/manifest.hpp"
#include "db/database.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace weir::cache {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::string SourceIdentity::text() const {
  return fmt::format("{}:{}:{}:{}:{}", device, inode, size_bytes, mtime_ns, ctime_ns);
}

std::optional<SourceIdentity> source_identity(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw system_error("look at", path.native(), errno);
  }
  return SourceIdentity{.device = status.st_dev,
                        .inode = status.st_ino,
                        .size_bytes = status.st_size,
                        .mtime_ns = nanoseconds(status.st_mtim),
                        .ctime_ns = nanoseconds(status.st_ctim)};
}

SourceMemory::SourceMemory(db::Database& database) : database_(database) {
  migrate_cache(database);
}

std::optional<std::string> SourceMemory::find(const SourceIdentity& identity) {
  db::Statement query = database_.prepare(
      "SELECT sha256 FROM cache_sources WHERE device = ?1 AND inode = ?2 AND size = ?3 AND mtime = "
      "?4 AND ctime = ?5");
  query.bind_all(identity.device, identity.inode, identity.size_bytes, identity.mtime_ns,
                 identity.ctime_ns);
  if (!query.step()) return std::nullopt;
  return query.text(0);
}

void SourceMemory::remember(const SourceIdentity& identity, const std::string& sha256,
                            std::int64_t read_from_ns) {
  if (std::max(identity.mtime_ns, identity.ctime_ns) + k_racy_ns > read_from_ns) return;
  db::in_transaction(database_, [&] {
    db::Statement write = database_.prepare(
        "INSERT OR REPLACE INTO cache_sources(device, inode, size, mtime, ctime, sha256, noted_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    write
        .bind_all(identity.device, identity.inode, identity.size_bytes, identity.mtime_ns,
                  identity.ctime_ns, std::string_view(sha256), read_from_ns / 1'000'000)
        .run();
  });
}

}  // namespace weir::cache
