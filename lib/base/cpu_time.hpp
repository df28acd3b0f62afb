#pragma once

#include <chrono>

namespace weir::base {

/// Processor time that all threads of this process have used.
[[nodiscard]] std::chrono::nanoseconds process_cpu_time();

}  // namespace weir::base
