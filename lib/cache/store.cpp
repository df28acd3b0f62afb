#include "cache/store.hpp"

#include "base/hash.hpp"
#include "base/thread_pool.hpp"
#include "cache/workspace.hpp"
#include "db/database.hpp"

#include <exception>
#include <map>
#include <mutex>

namespace weir::cache {
namespace {

using base::WallTime;

std::string digest_of(Blob& blob) {
  base::Digest digest(base::DigestKind::sha256);
  std::vector<char> buffer(std::size_t{1} << 20);
  std::int64_t offset = 0;
  while (const std::size_t got = blob.read(offset, buffer.data(), buffer.size())) {
    digest.update(std::string_view(buffer.data(), got));
    offset += static_cast<std::int64_t>(got);
  }
  return digest.finish();
}

bool is_old(const BlobInfo& blob, WallTime now) {
  return base::to_millis(now) - blob.mtime_ns / 1'000'000 >
         std::chrono::milliseconds(k_orphan_age).count();
}

/// Hashes blobs on several threads; the database is not touched here.
std::map<std::string, std::string> digests_of(const std::vector<std::string>& blobs,
                                              const std::filesystem::path& root,
                                              std::size_t threads) {
  std::map<std::string, std::string> found;
  std::exception_ptr failure;
  std::mutex mutex;
  base::ThreadPool pool(threads);
  for (const std::string& sha256 : blobs) {
    pool.submit([&, sha256] {
      try {
        LocalBackend backend(root);
        const std::unique_ptr<Blob> blob = backend.open(sha256);
        std::string digest = blob == nullptr ? "" : digest_of(*blob);
        const std::lock_guard guard(mutex);
        found[sha256] = std::move(digest);
      } catch (...) {
        const std::lock_guard guard(mutex);
        failure = std::current_exception();
      }
    });
  }
  pool.wait_idle();
  if (failure) std::rethrow_exception(failure);
  return found;
}

}  // namespace

void Store::atomically(const std::function<void()>& work) {
  db::in_transaction(database_, work);
}

std::optional<Artifact> Store::find(const std::string& key) {
  std::optional<Artifact> artifact = manifest_.find(key);
  if (!artifact.has_value()) return std::nullopt;
  const std::optional<BlobInfo> blob = backend_.head(artifact->sha256);
  Health health = blob.has_value() ? Health::corrupt : Health::gone;
  if (blob.has_value() && blob->size_bytes == artifact->size_bytes) health = health_of(*blob);
  if (health == Health::whole) return artifact;
  if (health == Health::corrupt) backend_.quarantine(artifact->sha256);
  manifest_.remove(key);
  return std::nullopt;
}

Store::Health Store::health_of(const BlobInfo& info) {
  if (manifest_.is_checked(info)) return Health::whole;
  const std::unique_ptr<Blob> blob = backend_.open(info.sha256);
  if (blob == nullptr) return Health::gone;
  if (digest_of(*blob) != info.sha256) return Health::corrupt;
  manifest_.note_checked(info);
  return Health::whole;
}

void Store::note_checked(const std::string& sha256) {
  const std::optional<BlobInfo> blob = backend_.head(sha256);
  if (blob.has_value()) manifest_.note_checked(*blob);
}

bool Store::remove(const std::string& key) {
  const std::optional<Artifact> artifact = manifest_.find(key);
  if (!artifact.has_value()) return false;
  manifest_.remove(key);
  names_.look_again();
  // A reader keeps the blob; the next collection finds it without a name.
  backend_.remove(artifact->sha256, [&] { return !names_.anybody(artifact->sha256); });
  return true;
}

std::optional<Store::Evicted> Store::evict(const Artifact& artifact) {
  if (names_.own(artifact.sha256) > 1) {
    manifest_.remove(artifact.key);
    return Evicted{};
  }
  const std::optional<BlobInfo> blob = backend_.head(artifact.sha256);
  const std::int64_t bytes = blob.has_value() ? blob->size_bytes : 0;
  // The row goes before the blob: a kill between the two leaves a blob without a name, not a row
  // without a blob.
  const Removal removal = backend_.remove(artifact.sha256, [&] {
    manifest_.remove(artifact.key);
    return !names_.anybody(artifact.sha256);
  });
  switch (removal) {
    case Removal::done: return Evicted{.freed_bytes = bytes};
    case Removal::in_use: return std::nullopt;
    case Removal::still_wanted:
      return Evicted{.left_bytes = names_.own(artifact.sha256) == 0 ? bytes : 0};
    case Removal::absent: manifest_.remove(artifact.key); return Evicted{};
  }
  return Evicted{};
}

Store::Evicted Store::would_evict(const Artifact& artifact, std::int64_t blob_bytes) {
  if (names_.others(artifact.sha256)) return {.left_bytes = blob_bytes};
  return {.freed_bytes = blob_bytes};
}

GcReport Store::collect(const GcOptions& options, WallTime now) {
  GcReport report;
  names_.look_again();
  std::map<std::string, std::int64_t> sizes;
  backend_.list([&](const BlobInfo& blob) {
    const auto is_unnamed = [&] { return !names_.anybody(blob.sha256); };
    if (names_.own(blob.sha256) > 0) {
      sizes[blob.sha256] = blob.size_bytes;
      report.kept_bytes += blob.size_bytes;
    } else if (names_.others(blob.sha256)) {
      report.others_bytes += blob.size_bytes;
    } else if (is_old(blob, now) &&
               (options.dry_run || backend_.remove(blob.sha256, is_unnamed) == Removal::done)) {
      ++report.debris_removed;
      report.removed_bytes += blob.size_bytes;
    }
  });
  // In a dry run nothing goes, so the rows that would have gone are counted here.
  std::map<std::string, std::int64_t> dropped;
  manifest_.visit_by_use([&](const Artifact& artifact) {
    const bool too_old = options.age_max.has_value() && artifact.last_used + *options.age_max < now;
    const bool too_much = options.bytes_max.has_value() && report.kept_bytes > *options.bytes_max;
    if (!too_old && !too_much) return false;
    if (artifact.pinned) return true;
    std::optional<Evicted> evicted = Evicted{};
    if (options.dry_run) {
      const bool last = ++dropped[artifact.sha256] == names_.own(artifact.sha256);
      const auto size = sizes.find(artifact.sha256);
      if (last && size != sizes.end()) evicted = would_evict(artifact, size->second);
    } else {
      evicted = evict(artifact);
    }
    if (!evicted.has_value()) {
      ++report.in_use;
      return true;
    }
    report.removed_keys.push_back(artifact.key);
    report.removed_bytes += evicted->freed_bytes;
    report.others_bytes += evicted->left_bytes;
    report.kept_bytes -= evicted->freed_bytes + evicted->left_bytes;
    return true;
  });
  if (options.dry_run) return report;
  report.debris_removed += Workspace::sweep(backend_.root());
  manifest_.forget_unnamed_checks();
  names_.forget_gone();
  return report;
}

VerifyReport Store::verify(std::size_t threads) {
  VerifyReport report;
  std::map<std::string, std::vector<std::string>> keys_of;
  backend_.list([&](const BlobInfo& blob) { keys_of[blob.sha256]; });
  manifest_.visit_by_use([&](const Artifact& artifact) {
    keys_of[artifact.sha256].push_back(artifact.key);
    return true;
  });
  std::vector<std::string> blobs;
  for (const auto& entry : keys_of) blobs.push_back(entry.first);
  for (const auto& [sha256, found] : digests_of(blobs, backend_.root(), threads)) {
    const std::optional<BlobInfo> info = backend_.head(sha256);
    const std::int64_t size_bytes = info.has_value() ? info->size_bytes : 0;
    if (found == sha256) {
      if (info.has_value()) manifest_.note_checked(*info);
      ++report.blobs;
      report.bytes += size_bytes;
      continue;
    }
    // Removed, or stored again, while we read the others: nothing is wrong with that.
    const auto is_named = [&, digest = sha256] { return names_.own(digest) > 0; };
    const bool is_missing = is_named() && !backend_.head(sha256).has_value() && is_named();
    if (found.empty() && !is_missing) continue;
    ++report.blobs;
    report.bytes += size_bytes;
    if (!found.empty()) backend_.quarantine(sha256);
    for (const std::string& key : keys_of[sha256]) manifest_.remove(key);
    report.bad.push_back({sha256, found, keys_of[sha256]});
  }
  return report;
}

}  // namespace weir::cache
