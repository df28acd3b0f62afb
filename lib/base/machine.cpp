#include "base/machine.hpp"

#include "base/control_group.hpp"
#include "base/environment.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/internal/named_number.hpp"
#include "base/text.hpp"

#include <pwd.h>
#include <sched.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

namespace weir::base {

using internal::named_number;

namespace {

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
  const std::int64_t pages = stat ? named_number(*stat, "inactive_file ").value_or(0) : 0;
  return std::max<std::int64_t>(0, *limit - std::max<std::int64_t>(0, *used - pages));
}

/// Cores that a group's quota comes to; nothing without a quota.
std::optional<double> quota_cores(std::optional<std::int64_t> quota,
                                  std::optional<std::int64_t> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

/// The least of what the groups' quotas come to. Version 2 has "QUOTA PERIOD" in one file, with
/// "max" for none; version 1 has two files, with -1.
std::optional<double> quota_of_groups() {
  std::optional<double> least;
  const auto take = [&least](std::optional<double> cores) {
    if (cores) least = std::min(least.value_or(*cores), *cores);
  };
  for (const fs::path& group : control_group_folders()) {
    const std::string text = try_read_file(group / "cpu.max").value_or("");
    const std::vector<std::string_view> words = split(trim(text), ' ');
    if (words.size() == 2) take(quota_cores(parse_int64(words[0]), parse_int64(words[1])));
  }
  for (const fs::path& group : control_group_folders("cpu"))
    take(
        quota_cores(number_in(group / "cpu.cfs_quota_us"), number_in(group / "cpu.cfs_period_us")));
  return least;
}

}  // namespace

std::size_t available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  auto cores = static_cast<std::size_t>(CPU_COUNT(&set));
  static const std::optional<double> quota = quota_of_groups();
  if (quota) cores = std::min(cores, static_cast<std::size_t>(std::ceil(*quota)));
  return std::max<std::size_t>(cores, 1);
}

std::size_t available_memory_bytes() {
  const auto pages = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES));
  std::size_t bytes = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const auto take = [&bytes](std::optional<std::int64_t> limit) {
    if (limit && *limit > 0) bytes = std::min(bytes, static_cast<std::size_t>(*limit));
  };
  for (const fs::path& group : control_group_folders()) take(number_in(group / "memory.max"));
  for (const fs::path& group : control_group_folders("memory"))
    take(number_in(group / "memory.limit_in_bytes"));
  return bytes;
}

std::int64_t free_memory_bytes() {
  constexpr std::int64_t k_unit = 1024;
  const auto available = named_number(read_file("/proc/meminfo"), "MemAvailable");
  if (!available)
    throw Error(ErrorKind::failed, "the kernel does not say how much memory is available");
  std::int64_t least = *available * k_unit;
  for (const fs::path& group : control_group_folders())
    if (const auto left = left_in_group(group)) least = std::min(least, *left);
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
