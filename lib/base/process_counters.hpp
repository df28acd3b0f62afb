#pragma once

#include <cstdint>

namespace weir::base {

/// What a program and the children it waited for did, as the kernel counts it; -1: not known.
struct ProcessCounters {
  std::int64_t read_chars = -1;  ///< by system calls, pipes and terminals included
  std::int64_t write_chars = -1;
  std::int64_t read_calls = -1;
  std::int64_t write_calls = -1;
  std::int64_t read_bytes = -1;  ///< from disks
  std::int64_t write_bytes = -1;
  std::int64_t voluntary_switches = -1;
  std::int64_t involuntary_switches = -1;
};

}  // namespace weir::base
