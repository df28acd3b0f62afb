#pragma once

#include "base/lock.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace weir::engine {

/// The leases that tasks of one run hold of external gates, written down before a task launches, so
/// that a later run gives back those of a controller that was killed.
///
/// One file per run, locked as long as the run lives. Format "weir-leases/1": JSON lines, `{"n":1,
/// "gate":…,"lease":…,"task":…,"key":…,"attempt":…}` for one that is held, `{"n":1,"end":true}` for
/// one that was given back.
class LeaseBook {
 public:
  struct Lease {
    std::int64_t number = 0;
    std::string gate;
    std::string lease;
    std::uint64_t task = 0;
    std::string key;
    int attempt = 1;
  };

  /// Creates the folder and the file. Throws Error.
  explicit LeaseBook(const std::filesystem::path& folder);
  /// Removes the file when all were given back.
  ~LeaseBook();
  LeaseBook(const LeaseBook&) = delete;
  LeaseBook& operator=(const LeaseBook&) = delete;

  /// Throws Error.
  std::int64_t add(Lease lease);
  void end(std::int64_t number);

  /// A book whose run is dead; locked while the object lives.
  struct Dead {
    std::filesystem::path path;
    base::FileLock lock;
    std::vector<Lease> held;
  };
  [[nodiscard]] static std::vector<Dead> dead_books(const std::filesystem::path& folder);

 private:
  std::filesystem::path path_;
  std::optional<base::FileLock> lock_;
  std::int64_t last_ = 0;
  std::int64_t open_ = 0;
};

}  // namespace weir::engine
