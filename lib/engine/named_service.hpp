#pragma once

#include "base/fd.hpp"
#include "base/lock.hpp"
#include "engine/service_settings.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::engine {

/// What a named service runs: noted by `serve-service start`, read by whoever starts it.
struct ServiceDefinition {
  std::string name;
  std::vector<std::string> argv;
  std::string directory;
  std::vector<std::string> environment;  ///< NAME=value
  /// As given: {option name of `set_service_option`, value}, in order.
  std::vector<std::pair<std::string, std::string>> options;
  [[nodiscard]] ServiceSettings settings() const;
  [[nodiscard]] bool same_program(const ServiceDefinition& other) const {
    return argv == other.argv && directory == other.directory && options == other.options;
  }
};

/// A named service at one moment, as its supervisor tells it.
struct ServiceStatus {
  std::string state = "stopped";  ///< as `name_of(ServiceState)`
  std::int64_t supervisor = 0;    ///< process ids; 0: none
  std::int64_t leader = 0;
  int leases = 0;
  bool pinned = false;  ///< stays without leases
  int exit_status = -1;
  bool forced = false;
  bool late = false;
  std::string failure;
  std::int64_t since_ms = 0;             ///< wall time of the state's beginning
  std::vector<std::string> environment;  ///< NAME=value for its users: ports and folders
};
[[nodiscard]] std::string to_json(const ServiceStatus& status);
[[nodiscard]] ServiceStatus parse_service_status(const std::string& text);

/// The folder of one named service, STATE/services/named/NAME: `definition.json`, `status.json`
/// (by rename), `lock` (held by its supervisor as long as it lives), `control` (its socket),
/// `stdout.log`, `stderr.log`.
class NamedService {
 public:
  /// Throws Error (usage) for a name that is no name: letters, digits, `.`, `_`, `-`, at most 64.
  NamedService(const std::filesystem::path& state_dir, const std::string& name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::optional<ServiceDefinition> definition() const;
  void define(const ServiceDefinition& definition) const;
  /// Throws Error (not_found) when there is no such service.
  [[nodiscard]] ServiceDefinition known() const;
  void remove() const;

  /// As its supervisor wrote it last; one that has died is told as `lost`.
  [[nodiscard]] ServiceStatus status() const;
  void write_status(const ServiceStatus& status) const;
  [[nodiscard]] bool is_running() const;
  /// Nothing when another supervisor has it.
  [[nodiscard]] std::optional<base::FileLock> try_lock() const;

  /// The control socket, bound and listening; by way of the folder's descriptor, since the path may
  /// be longer than sockets take. Throws Error.
  [[nodiscard]] base::Fd listen() const;
  /// Nothing when nobody listens.
  [[nodiscard]] std::optional<base::Fd> connect() const;

  [[nodiscard]] static std::vector<std::string> names(const std::filesystem::path& state_dir);

 private:
  std::string name_;
  std::filesystem::path folder_;
};

}  // namespace weir::engine
