#include "engine/shared_watch.hpp"

#include <filesystem>
#include <utility>
#include <vector>

namespace weir::engine {

SharedWatch::Id SharedWatch::add(const std::string& path, std::function<void()> changed) {
  const std::filesystem::path whole(path);
  const std::string folder = whole.parent_path().string();
  auto found = folders_.find(folder);
  if (found == folders_.end()) {
    if (folders_.size() >= k_folders_max) return 0;
    auto watch = base::FolderWatch::try_watch(
        loop_, folder, [this, folder](std::string_view name, base::FolderWatch::Change change) {
          if (change != base::FolderWatch::Change::modified) tell(folder, name);
        });
    if (!watch) return 0;
    found = folders_.emplace(folder, Folder{std::move(watch), {}}).first;
  }
  const Id id = ++last_;
  found->second.names.emplace(whole.filename().string(), id);
  watchers_[id] = {folder, whole.filename().string(), std::move(changed)};
  return id;
}

void SharedWatch::remove(Id id) {
  const auto watcher = watchers_.find(id);
  if (watcher == watchers_.end()) return;
  const auto folder = folders_.find(watcher->second.folder);
  const auto range = folder->second.names.equal_range(watcher->second.name);
  for (auto entry = range.first; entry != range.second; ++entry) {
    if (entry->second != id) continue;
    folder->second.names.erase(entry);
    break;
  }
  watchers_.erase(watcher);
  if (folder->second.names.empty()) folders_.erase(folder);
}

void SharedWatch::tell(const std::string& folder, std::string_view name) {
  const auto found = folders_.find(folder);
  if (found == folders_.end()) return;
  std::vector<Id> ids;
  const auto range = found->second.names.equal_range(name);
  for (auto entry = range.first; entry != range.second; ++entry) ids.push_back(entry->second);
  for (const Id id : ids) {
    const auto watcher = watchers_.find(id);  // one may take away another
    if (watcher == watchers_.end()) continue;
    const auto changed = watcher->second.changed;
    changed();
  }
}

}  // namespace weir::engine
