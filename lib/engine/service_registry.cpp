#include "engine/service_registry.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/session.hpp"
#include "base/text.hpp"
#include "engine/service_manager.hpp"

#include <poll.h>

#include <csignal>
#include <set>

namespace weir::engine {
namespace {

constexpr const char* k_format = "weir-service/1";
constexpr const char* k_suffix = ".service";
constexpr std::size_t k_entry_bytes_max = 65536;
/// Passes over the process table until nothing is found any more; a process may fork between two of
/// them.
constexpr int k_passes_max = 200;

constexpr std::string_view k_leader = "leader ";

struct Entry {
  std::string token;
  base::ProcessIdentity guardian;
  std::optional<base::ProcessIdentity> leader;
  std::string directory;
};

/// "leader PID TICKS DIRECTORY".
void parse_leader(std::string_view line, Entry& entry) {
  line.remove_prefix(k_leader.size());
  const std::size_t first = line.find(' ');
  const std::size_t second = line.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return;
  const auto pid = base::parse_int64(line.substr(0, first));
  const auto ticks = base::parse_int64(line.substr(first + 1, second - first - 1));
  if (!pid || !ticks) return;
  entry.leader = {static_cast<pid_t>(*pid), static_cast<std::uint64_t>(*ticks),
                  entry.guardian.boot};
  entry.directory = line.substr(second + 1);
}

/// Nothing when the file is no entry of this version: half written by a machine that went down, or
/// of another weir.
std::optional<Entry> parse_entry(const std::string& text) {
  const auto lines = base::split(text, '\n');
  if (lines.size() < 6 || lines[0] != k_format) return std::nullopt;
  const auto pid = base::parse_int64(lines[3]);
  const auto ticks = base::parse_int64(lines[4]);
  if (!pid || !ticks || lines[1].empty()) return std::nullopt;
  Entry entry;
  entry.token = lines[1];
  entry.guardian = {static_cast<pid_t>(*pid), static_cast<std::uint64_t>(*ticks),
                    std::string(lines[5])};
  for (std::size_t i = 6; i < lines.size(); ++i) {
    if (lines[i].starts_with(k_leader)) parse_leader(lines[i], entry);
  }
  return entry;
}

/// By the token in the environment; and, since PostgreSQL or Redis write their titles over it, by
/// the session of the service where it works in the service's own folder.
std::vector<base::ProcessIdentity> processes_of(const Entry& entry) {
  auto found =
      base::processes_with_environment(std::string(ServiceEntry::k_variable) + "=" + entry.token);
  if (!entry.leader || entry.directory.empty()) return found;
  for (const auto& process : base::processes_of_session(*entry.leader)) {
    const std::string folder = base::working_directory_of(process.pid);
    if (folder == entry.directory || folder.starts_with(entry.directory + "/"))
      found.push_back(process);
  }
  return found;
}

bool ends_soon(const base::ProcessIdentity& process) {
  constexpr int k_wait_ms = 100;
  const auto watch = base::watch_process(process);
  if (!watch) return true;
  pollfd end{watch->get(), POLLIN, 0};
  return ::poll(&end, 1, k_wait_ms) == 1;
}

int kill_all_of(const Entry& entry) {
  std::set<pid_t> killed;
  for (int pass = 0; pass < k_passes_max; ++pass) {
    bool found = false;
    for (const auto& process : processes_of(entry)) {
      if (!base::signal_process(process, SIGKILL)) continue;
      killed.insert(process.pid);
      found = true;
    }
    if (!found) break;
  }
  return static_cast<int>(killed.size());
}

/// The runtime folders of a service whose controller was killed.
void remove_folders_of(const std::string& token) {
  const std::string prefix = ServiceEntry::folder_prefix(token);
  std::error_code error;
  for (const base::fs::path& parent :
       {base::fs::temp_directory_path(error), base::fs::path("/tmp")}) {
    if (error || !base::file_info(parent)) continue;
    for (const std::string& name : base::list_folder(parent)) {
      if (name.starts_with(prefix)) base::remove_tree(parent / name);
    }
  }
}

}  // namespace

ServiceEntry::ServiceEntry(const std::filesystem::path& folder, const std::string& name,
                           const std::string& token, const base::ProcessIdentity& guardian)
    : path_(folder / (token + k_suffix)) {
  base::make_folders(folder);
  lock_ = base::FileLock::try_lock(path_);
  WEIR_ASSERT(lock_.has_value());  // the token is random: nobody else has this name
  const std::string text = std::string(k_format) + "\n" + token + "\n" + base::printable(name) +
                           "\n" + std::to_string(guardian.pid) + "\n" +
                           std::to_string(guardian.start_ticks) + "\n" + guardian.boot + "\n";
  base::write_all(lock_->fd(), text, path_.string());
}

void ServiceEntry::note_leader(const base::ProcessIdentity& leader, const std::string& directory) {
  if (!lock_) return;
  const std::string line = std::string(k_leader) + std::to_string(leader.pid) + " " +
                           std::to_string(leader.start_ticks) + " " +
                           base::printable(directory, k_entry_bytes_max / 2) + "\n";
  base::write_all(lock_->fd(), line, path_.string());
}

std::string ServiceEntry::folder_prefix(const std::string& token) {
  constexpr std::size_t k_digits = 12;
  return "weir-s-" + token.substr(0, k_digits);
}

void ServiceEntry::remove() {
  if (!lock_) return;
  base::remove_file(path_);
  lock_.reset();
}

int sweep_entry(const std::filesystem::path& path) {
  const auto lock = base::FileLock::try_lock(path);
  if (!lock) return 0;  // its controller lives
  const auto text = base::try_read_file(path, k_entry_bytes_max);
  const auto entry = text ? parse_entry(*text) : std::nullopt;
  if (entry && entry->guardian.boot == base::boot_id()) {
    // A living guardian is stopping the tree by itself, with the service's own grace; one that was
    // killed a moment ago may not be dead yet.
    if (!ends_soon(entry->guardian)) return 0;
    const int killed = kill_all_of(*entry);
    remove_folders_of(entry->token);
    base::remove_file(path);
    return killed;
  }
  base::remove_file(path);
  return 0;
}

int sweep_services(const std::string& registry_dir) {
  if (!base::file_info(registry_dir)) return 0;
  int killed = 0;
  for (const std::string& name : base::list_folder(registry_dir)) {
    if (name.ends_with(k_suffix)) killed += sweep_entry(base::fs::path(registry_dir) / name);
  }
  return killed;
}

}  // namespace weir::engine
