#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace weir::base {

/// Cores that this process may use, at least 1: those it may run on, or as many as its control
/// groups' quotas come to, whichever is less.
[[nodiscard]] std::size_t available_cores();

/// Bytes of memory that this process may use: the machine's or a limit of its control groups,
/// whichever is least.
[[nodiscard]] std::size_t available_memory_bytes();

/// Memory that programs can take without pushing others out: what the kernel calls available,
/// within the limits of the control groups this process is in. Swap does not count. Throws Error
/// when the kernel does not say.
[[nodiscard]] std::int64_t free_memory_bytes();

/// Free entries of a file system's table of files for unprivileged users. Throws Error.
[[nodiscard]] std::int64_t free_inodes(const std::filesystem::path& path);

/// Who we are: USER or LOGNAME of the environment, else the name that the system has for our id,
/// else the id. Cron and containers often set neither.
[[nodiscard]] std::string user_name(const std::vector<std::string>& environment);

}  // namespace weir::base
