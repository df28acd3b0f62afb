#pragma once

#include <cstdint>
#include <filesystem>

namespace weir::base {

/// Memory that programs can take without pushing others out: what the kernel calls available,
/// within the limits of the control groups this process is in. Swap does not count. Throws Error
/// when the kernel does not say.
[[nodiscard]] std::int64_t free_memory_bytes();

/// Free entries of a file system's table of files for unprivileged users. Throws Error.
[[nodiscard]] std::int64_t free_inodes(const std::filesystem::path& path);

}  // namespace weir::base
