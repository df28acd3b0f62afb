#include "base/internal/process_table.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/process.hpp"
#include "base/session.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <charconv>
#include <csignal>
#include <memory>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace weir::base {

using internal::ProcessRow;

namespace {

template <typename Number>
Number number_in(std::string_view text) {
  Number value{};
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The fields of /proc/PID/stat, numbered as in proc(5). The name (field 2) may hold anything,
/// blanks and brackets included, so counting starts behind the last bracket.
std::optional<ProcessRow> parse_stat(pid_t pid, std::string_view text) {
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  text.remove_prefix(name_end + 1);
  ProcessRow row;
  row.pid = pid;
  for (int field = 3; field <= 22 && !text.empty(); ++field) {
    text.remove_prefix(1);
    const std::string_view value = text.substr(0, text.find(' '));
    if (field == 3 && !value.empty()) row.state = value.front();
    if (field == 4) row.parent = number_in<pid_t>(value);
    if (field == 5) row.group = number_in<pid_t>(value);
    if (field == 6) row.session = number_in<pid_t>(value);
    if (field == 22) row.start_ticks = number_in<std::uint64_t>(value);
    text.remove_prefix(value.size());
  }
  return row;
}

template <typename Visit>
void for_each_pid(Visit visit) {
  const auto close_folder = [](DIR* folder) { ::closedir(folder); };
  const std::unique_ptr<DIR, decltype(close_folder)> folder(::opendir("/proc"), close_folder);
  if (!folder) throw system_error("read", "/proc", errno);
  while (const dirent* entry = ::readdir(folder.get())) {
    const pid_t pid = number_in<pid_t>(entry->d_name);
    if (pid > 0) visit(pid);
  }
}

/// The whole environment of a process; nothing when it is not ours to see, or gone.
std::optional<std::string> readable_environment(pid_t pid) {
  const Fd fd(::open(("/proc/" + std::to_string(pid) + "/environ").c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  std::string all;
  std::array<char, 16384> buffer;
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got <= 0) return all;
    all.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

/// Neither a thread of the kernel nor a zombie.
bool runs_program(pid_t pid) {
  std::array<char, 8> start;
  return ::readlink(("/proc/" + std::to_string(pid) + "/exe").c_str(), start.data(), start.size()) >
         0;
}

}  // namespace

namespace internal {

std::string_view read_small(const std::string& path, std::span<char> buffer) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return {};
  const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
  return got > 0 ? std::string_view(buffer.data(), static_cast<std::size_t>(got))
                 : std::string_view{};
}

std::optional<ProcessRow> read_row(pid_t pid) {
  std::array<char, 1024> buffer;
  return parse_stat(pid, read_small("/proc/" + std::to_string(pid) + "/stat", buffer));
}

std::map<pid_t, ProcessRow> read_process_table() {
  std::map<pid_t, ProcessRow> table;
  for_each_pid([&](pid_t pid) {
    if (const auto row = read_row(pid)) table.emplace(pid, *row);
  });
  return table;
}

std::vector<ProcessRow> descendants_in(const std::map<pid_t, ProcessRow>& table,
                                       const std::vector<pid_t>& roots) {
  std::unordered_map<pid_t, std::vector<const ProcessRow*>> children;
  for (const auto& [pid, row] : table) children[row.parent].push_back(&row);
  std::vector<ProcessRow> found;
  std::vector<pid_t> open = roots;
  for (std::size_t next = 0; next < open.size(); ++next) {
    const auto below = children.find(open[next]);
    if (below == children.end()) continue;
    for (const ProcessRow* row : below->second) {
      open.push_back(row->pid);
      if (!row->gone()) found.push_back(*row);
    }
  }
  return found;
}

std::string read_environment(pid_t pid) {
  return readable_environment(pid).value_or("");
}

std::optional<std::string> value_in(const std::string& all, const std::string& name) {
  const std::string prefix = name + "=";
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('\0', at), all.size());
    if (all.compare(at, prefix.size(), prefix) == 0)
      return all.substr(at + prefix.size(), end - at - prefix.size());
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<std::string> environment_value(pid_t pid, const std::string& name) {
  return value_in(read_environment(pid), name);
}

}  // namespace internal

std::optional<ProcessIdentity> identity_of(pid_t pid) {
  const auto row = internal::read_row(pid);
  if (!row || row->gone()) return std::nullopt;
  return ProcessIdentity{pid, row->start_ticks, boot_id()};
}

ProcessIdentity own_identity() {
  const auto identity = identity_of(::getpid());
  WEIR_ASSERT(identity.has_value());
  return *identity;
}

bool is_alive(const ProcessIdentity& identity) {
  return identity_of(identity.pid) == identity;
}

std::optional<Fd> watch_process(const ProcessIdentity& identity) {
  // The descriptor pins the process: checked after it was opened, its id cannot be reused.
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0)));
  if (!pidfd || !is_alive(identity)) return std::nullopt;
  return pidfd;
}

bool signal_process(const ProcessIdentity& identity, int signal) {
  const std::optional<Fd> pidfd = watch_process(identity);
  return pidfd && ::syscall(SYS_pidfd_send_signal, pidfd->get(), signal, nullptr, 0) == 0;
}

std::vector<pid_t> descendants_of(pid_t root) {
  std::vector<pid_t> pids;
  for (const ProcessRow& row : internal::descendants_in(internal::read_process_table(), {root}))
    pids.push_back(row.pid);
  return pids;
}

std::vector<ProcessIdentity> processes_of_session(const ProcessIdentity& leader) {
  std::vector<ProcessIdentity> found;
  const auto now = internal::read_row(leader.pid);
  if (leader.boot != boot_id() || (now && now->start_ticks != leader.start_ticks)) return found;
  for (const auto& [pid, row] : internal::read_process_table()) {
    if (row.session == leader.pid && !row.gone() && row.start_ticks >= leader.start_ticks)
      found.push_back({pid, row.start_ticks, leader.boot});
  }
  return found;
}

std::string working_directory_of(pid_t pid) {
  std::array<char, 4096> buffer;
  const ssize_t got =
      ::readlink(("/proc/" + std::to_string(pid) + "/cwd").c_str(), buffer.data(), buffer.size());
  return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
}

std::vector<ProcessIdentity> processes_with_environment(const std::string& entry) {
  const std::size_t name_end = entry.find('=');
  WEIR_ASSERT(name_end != std::string::npos);
  const std::string name = entry.substr(0, name_end);
  std::vector<ProcessIdentity> found;
  std::vector<pid_t> unsettled;
  for_each_pid([&](pid_t pid) {
    const std::optional<std::string> all = readable_environment(pid);
    if (!all.has_value()) return;
    if (all->empty() && runs_program(pid)) unsettled.push_back(pid);
    if (internal::value_in(*all, name) != entry.substr(name_end + 1)) return;
    if (auto identity = identity_of(pid)) found.push_back(std::move(*identity));
  });
  // In the middle of an exec a process shows no environment. One that has none at all is few
  // people's habit, and costs the whole wait.
  constexpr int k_looks_max = 20;
  for (int look = 0; look < k_looks_max && !unsettled.empty(); ++look) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::erase_if(unsettled, [&](pid_t pid) {
      const std::string all = readable_environment(pid).value_or("");
      if (all.empty()) return !runs_program(pid);
      auto identity = identity_of(pid);
      if (identity && internal::value_in(all, name) == entry.substr(name_end + 1))
        found.push_back(std::move(*identity));
      return true;
    });
  }
  return found;
}

}  // namespace weir::base
