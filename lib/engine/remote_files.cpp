#include "engine/remote_files.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hash.hpp"
#include "base/lock.hpp"
#include "engine/internal/remote_source.hpp"

#include <fmt/format.h>

namespace weir::engine {
namespace {

constexpr std::size_t k_tag_bytes_max = 4096;

/// The last name of the address, without a query.
std::string name_of(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  const std::string_view name = uri.substr(uri.rfind('/') + 1);
  return name.empty() ? "file" : std::string(name);
}

}  // namespace

bool can_be_fetched(std::string_view scheme) {
  return scheme == "s3" || scheme == "https" || scheme == "http";
}

std::optional<std::string> copy_path(const std::string& work_dir, std::string_view scheme,
                                     const std::string& uri) {
  if (!can_be_fetched(scheme)) return std::nullopt;
  const std::string hash = base::fast_hash(uri).hex().insert(2, "/");
  return work_dir + "/fetched/" + hash + "/" + name_of(uri);
}

void RemoteFiles::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, time, [this] { return stop_.load(); });
}

void RemoteFiles::stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
}

std::unique_ptr<RemoteSource> RemoteFiles::source(const std::string& uri) {
  RemoteSurroundings surroundings{environment_, stop_, [this](auto time) { pause(time); }};
  return uri.starts_with("s3://") ? make_s3_source(uri, std::move(surroundings))
                                  : make_http_source(uri, std::move(surroundings));
}

std::string RemoteFiles::fingerprint(const std::string& uri) {
  return uri + " " + source(uri)->look().tag;
}

std::optional<RemoteFiles::Facts> RemoteFiles::facts(const std::string& uri) {
  try {
    const RemoteSeen seen = source(uri)->look();
    return Facts{seen.size_bytes.value_or(0), seen.modified_millis};
  } catch (const Error& error) {
    if (error.code() == "upstream_missing") return std::nullopt;
    throw;
  }
}

void RemoteFiles::fetch(const std::vector<RemoteInput>& inputs) {
  for (const RemoteInput& input : inputs) fetch_one(input);
}

base::FileLock RemoteFiles::wait_for_turn(const std::filesystem::path& path) {
  constexpr std::chrono::milliseconds k_pause{100};
  while (!stop_) {
    if (auto lock = base::FileLock::try_lock(path)) return std::move(*lock);
    pause(k_pause);
  }
  throw Error(ErrorKind::cancelled, "waiting for " + path.string() + " was stopped");
}

void RemoteFiles::fetch_one(const RemoteInput& input) {
  const base::fs::path copy(input.copy);
  const base::fs::path tag_file = copy.parent_path() / ".tag";
  base::make_folders(copy.parent_path());
  // One fetches, the others wait: those of other runs, too.
  const base::FileLock lock = wait_for_turn(copy.parent_path() / ".lock");
  const std::unique_ptr<RemoteSource> remote = source(input.uri);
  const RemoteSeen seen = remote->look();
  const auto known = base::file_info(copy);
  const bool is_whole = known && known->size_bytes == seen.size_bytes.value_or(known->size_bytes);
  if (is_whole && base::try_read_file(tag_file, k_tag_bytes_max) == seen.tag) return;
  // Under a name of its own until it is whole; what a killed run left of it is written over.
  const base::fs::path part = copy.parent_path() / ".part";
  const std::string tag = remote->fetch(part, seen);
  base::remove_file(tag_file);  // never that of another content
  base::rename_file(part, copy);
  base::write_file(tag_file, tag);
}

}  // namespace weir::engine
