#pragma once

#include "base/folder_watch.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace weir::engine {

/// Tells many watchers of files about changes with few system watches: one for each folder, at most
/// `k_folders_max`. A help between polls, like `base::FolderWatch`.
class SharedWatch {
 public:
  using Id = std::uint64_t;
  explicit SharedWatch(base::EventLoop& loop) : loop_(loop) {}

  /// `changed` runs when the entry `path` may have changed. 0 when it cannot be watched.
  Id add(const std::string& path, std::function<void()> changed);
  void remove(Id id);

  static constexpr std::size_t k_folders_max = 64;

 private:
  struct Folder {
    std::unique_ptr<base::FolderWatch> watch;
    std::multimap<std::string, Id, std::less<>> names;
  };
  struct Watcher {
    std::string folder;
    std::string name;
    std::function<void()> changed;
  };
  void tell(const std::string& folder, std::string_view name);

  base::EventLoop& loop_;
  std::map<std::string, Folder> folders_;
  std::map<Id, Watcher> watchers_;
  Id last_ = 0;
};

}  // namespace weir::engine
