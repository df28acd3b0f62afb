#pragma once

#include "base/lock.hpp"
#include "base/process.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace weir::engine {

/// One running service, written down so that a later weir finds what is left of it when its
/// controller and its guardian were killed at once.
///
/// The entry is a small file, locked as long as its controller lives: liveness is a lock, not a
/// process id. Processes are found by the token in their environment. Format "weir-service/1",
/// described in the module's README.
class ServiceEntry {
 public:
  /// Creates `folder` when missing. Throws Error.
  ServiceEntry(const std::filesystem::path& folder, const std::string& name,
               const std::string& token, const base::ProcessIdentity& guardian);
  /// Begins the names of the runtime folders of a service, in the system's temporary folder or
  /// /tmp.
  [[nodiscard]] static std::string folder_prefix(const std::string& token);
  /// Notes what runs now, for programs that write over their environment: a session and the folder
  /// it works in. Throws Error.
  void note_leader(const base::ProcessIdentity& leader, const std::string& directory);
  /// Removes the entry: the service's tree is empty.
  void remove();

  /// The variable in the environment of all processes of a service that holds its token.
  static constexpr const char* k_variable = "WEIR_SERVICE";

 private:
  std::filesystem::path path_;
  std::optional<base::FileLock> lock_;
};

/// `sweep_services` of service_manager.hpp is made of this: handles one entry file; returns the
/// processes killed.
int sweep_entry(const std::filesystem::path& path);

}  // namespace weir::engine
