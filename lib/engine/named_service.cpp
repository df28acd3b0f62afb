#include "engine/named_service.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <nlohmann/json.hpp>

namespace weir::engine {
namespace {

using nlohmann::json;

constexpr std::size_t k_name_bytes_max = 64;
constexpr std::size_t k_file_bytes_max = std::size_t{16} << 20;

/// The socket's address by way of /proc, short whatever the folder's path is.
struct Address {
  base::Fd folder;
  sockaddr_un address{};

  explicit Address(const std::filesystem::path& path)
      : folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    if (!folder) throw system_error("open", path.string(), errno);
    const std::string text = "/proc/self/fd/" + std::to_string(folder.get()) + "/control";
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, text.c_str(), text.size());
  }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

base::Fd make_socket() {
  base::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) throw system_error("open", "a socket", errno);
  return socket;
}

}  // namespace

ServiceSettings ServiceDefinition::settings() const {
  ServiceSettings settings;
  for (const auto& [name_of_option, value] : options)
    set_service_option(settings, name_of_option, value);
  settings.eager = true;
  return settings;
}

std::string to_json(const ServiceStatus& status) {
  return json{{"schema", 1},
              {"state", status.state},
              {"supervisor", status.supervisor},
              {"leader", status.leader},
              {"leases", status.leases},
              {"pinned", status.pinned},
              {"exit_status", status.exit_status},
              {"forced", status.forced},
              {"late", status.late},
              {"failure", status.failure},
              {"since_ms", status.since_ms},
              {"environment", status.environment}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

ServiceStatus parse_service_status(const std::string& text) {
  ServiceStatus status;
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return status;
  status.state = object.value("state", "stopped");
  status.supervisor = object.value("supervisor", std::int64_t{0});
  status.leader = object.value("leader", std::int64_t{0});
  status.leases = object.value("leases", 0);
  status.pinned = object.value("pinned", false);
  status.exit_status = object.value("exit_status", -1);
  status.forced = object.value("forced", false);
  status.late = object.value("late", false);
  status.failure = object.value("failure", "");
  status.since_ms = object.value("since_ms", std::int64_t{0});
  status.environment = object.value("environment", std::vector<std::string>());
  return status;
}

NamedService::NamedService(const std::filesystem::path& state_dir, const std::string& name)
    : name_(name), folder_(state_dir / "services" / "named" / name) {
  const auto fits = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' || letter == '-';
  };
  const bool good = !name.empty() && name.size() <= k_name_bytes_max && name.front() != '.' &&
                    name.front() != '-' && std::all_of(name.begin(), name.end(), fits);
  if (!good) {
    throw Error(ErrorKind::usage, "'" + base::printable(name) + "' is no name for a service")
        .with_hint("use letters, digits, '.', '_' and '-'");
  }
}

std::optional<ServiceDefinition> NamedService::definition() const {
  const auto text = base::try_read_file(folder_ / "definition.json", k_file_bytes_max);
  if (!text) return std::nullopt;
  const json object = json::parse(*text, nullptr, false);
  if (!object.is_object() || !object.contains("argv")) return std::nullopt;
  ServiceDefinition definition;
  definition.name = name_;
  definition.argv = object.value("argv", std::vector<std::string>());
  definition.directory = object.value("directory", "");
  definition.environment = object.value("environment", std::vector<std::string>());
  definition.options = object.value("options", std::vector<std::pair<std::string, std::string>>());
  return definition;
}

void NamedService::define(const ServiceDefinition& definition) const {
  base::make_folders(folder_);
  const json object = {{"schema", 1},
                       {"argv", definition.argv},
                       {"directory", definition.directory},
                       {"environment", definition.environment},
                       {"options", definition.options}};
  base::write_file(folder_ / "definition.json",
                   object.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

ServiceDefinition NamedService::known() const {
  auto found = definition();
  if (found) return std::move(*found);
  throw Error(ErrorKind::not_found, "there is no service '" + name_ + "'")
      .with_hint("`weir serve-service start " + name_ + " -- PROGRAM` makes one");
}

void NamedService::remove() const {
  base::remove_tree(folder_);
}

ServiceStatus NamedService::status() const {
  const auto text = base::try_read_file(folder_ / "status.json", k_file_bytes_max);
  ServiceStatus status = parse_service_status(text.value_or(""));
  const bool active = status.supervisor != 0;
  if (!active || is_running()) return status;
  status = ServiceStatus();
  status.state = "lost";
  status.failure = "its supervisor was killed";
  return status;
}

void NamedService::write_status(const ServiceStatus& status) const {
  base::write_file(folder_ / "status.json", to_json(status) + "\n");
}

bool NamedService::is_running() const {
  return base::file_info(folder_) && !try_lock();
}

std::optional<base::FileLock> NamedService::try_lock() const {
  return base::FileLock::try_lock(folder_ / "lock");
}

base::Fd NamedService::listen() const {
  constexpr int k_backlog = 128;
  base::remove_file(folder_ / "control");  // of a supervisor that was killed: the lock is ours
  const Address address(folder_);
  base::Fd socket = make_socket();
  if (::bind(socket.get(), address.get(), sizeof address.address) != 0 ||
      ::listen(socket.get(), k_backlog) != 0)
    throw system_error("listen at", (folder_ / "control").string(), errno);
  base::set_nonblocking(socket.get(), true);
  return socket;
}

std::optional<base::Fd> NamedService::connect() const {
  if (!base::file_info(folder_ / "control")) return std::nullopt;
  const Address address(folder_);
  base::Fd socket = make_socket();
  if (::connect(socket.get(), address.get(), sizeof address.address) == 0) return socket;
  return std::nullopt;
}

std::vector<std::string> NamedService::names(const std::filesystem::path& state_dir) {
  const auto folder = state_dir / "services" / "named";
  return base::file_info(folder) ? base::list_folder(folder) : std::vector<std::string>();
}

}  // namespace weir::engine
