#include "engine/service_registry.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "engine/service_manager.hpp"

#include <csignal>
#include <set>

namespace weir::engine {
namespace {

constexpr const char* k_format = "weir-service/1";
constexpr const char* k_suffix = ".service";
constexpr std::size_t k_entry_bytes_max = 4096;
/// Passes over the process table until nothing is found any more; a process may fork between two of
/// them.
constexpr int k_passes_max = 200;

struct Entry {
  std::string token;
  base::ProcessIdentity guardian;
};

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
  return entry;
}

int kill_all_of(const std::string& token) {
  std::set<pid_t> killed;
  for (int pass = 0; pass < k_passes_max; ++pass) {
    bool found = false;
    for (const auto& process :
         base::processes_with_environment(std::string(ServiceEntry::k_variable) + "=" + token)) {
      if (!base::signal_process(process, SIGKILL)) continue;
      killed.insert(process.pid);
      found = true;
    }
    if (!found) break;
  }
  return static_cast<int>(killed.size());
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
    // A living guardian is stopping the tree by itself, with the service's own grace.
    if (base::is_alive(entry->guardian)) return 0;
    const int killed = kill_all_of(entry->token);
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
