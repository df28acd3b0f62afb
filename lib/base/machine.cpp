#include "base/machine.hpp"

#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <pwd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

namespace weir::base {
namespace {

/// The number behind `name` in lines of "NAME NUMBER" or "NAME: NUMBER kB".
std::optional<std::int64_t> value_of(std::string_view text, std::string_view name) {
  for (std::string_view line : split(text, '\n')) {
    if (!line.starts_with(name)) continue;
    line.remove_prefix(name.size());
    if (line.starts_with(":")) line.remove_prefix(1);
    line = trim(line);
    return parse_int64(line.substr(0, line.find(' ')));
  }
  return std::nullopt;
}

std::optional<std::int64_t> number_in(const fs::path& path) {
  const auto text = try_read_file(path);
  return text ? parse_int64(trim(*text)) : std::nullopt;
}

/// What one control group (version 2) still lets its members take; nothing without a limit.
std::optional<std::int64_t> left_in_group(const fs::path& group) {
  const auto limit = number_in(group / "memory.max");
  const auto used = number_in(group / "memory.current");
  if (!limit || !used) return std::nullopt;
  // File pages that are not in use are given up before anybody is refused memory.
  const auto stat = try_read_file(group / "memory.stat");
  const std::int64_t pages = stat ? value_of(*stat, "inactive_file ").value_or(0) : 0;
  return std::max<std::int64_t>(0, *limit - std::max<std::int64_t>(0, *used - pages));
}

}  // namespace

std::int64_t free_memory_bytes() {
  constexpr std::int64_t k_unit = 1024;
  const auto available = value_of(read_file("/proc/meminfo"), "MemAvailable");
  if (!available)
    throw Error(ErrorKind::failed, "the kernel does not say how much memory is available");
  std::int64_t least = *available * k_unit;
  const std::string groups = try_read_file("/proc/self/cgroup").value_or("");
  const fs::path root = "/sys/fs/cgroup";
  for (const std::string_view line : split(groups, '\n')) {
    if (!line.starts_with("0::/")) continue;
    for (fs::path group = fs::path(line.substr(4));; group = group.parent_path()) {
      if (const auto left = left_in_group(root / group)) least = std::min(least, *left);
      if (group.empty()) break;
    }
  }
  return least;
}

std::int64_t free_inodes(const fs::path& path) {
  struct statvfs info {};
  if (::statvfs(path.c_str(), &info) != 0) throw system_error("look at", path.native(), errno);
  return static_cast<std::int64_t>(info.f_favail);
}

std::string user_name(const std::vector<std::string>& environment) {
  for (const char* const variable : {"USER", "LOGNAME"}) {
    const std::string name = variable_in(environment, variable).value_or("");
    if (!name.empty()) return name;
  }
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const bool known = ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
                     found != nullptr;
  return known ? found->pw_name : std::to_string(::geteuid());
}

}  // namespace weir::base
