#include "base/process_memory.hpp"

#include "base/file.hpp"
#include "base/internal/process_table.hpp"
#include "base/text.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace weir::base {
namespace {

void add_memory_of(pid_t pid, ProcessMemory& sum) {
  const std::string status = try_read_file("/proc/" + std::to_string(pid) + "/status").value_or("");
  const std::array<std::pair<std::string_view, std::int64_t*>, 3> wanted{{
      {"VmPeak:", &sum.address_space_peak},
      {"VmSize:", &sum.address_space},
      {"VmRSS:", &sum.resident},
  }};
  for (const std::string_view line : split(status, '\n')) {
    for (const auto& [name, to] : wanted) {
      if (!line.starts_with(name)) continue;
      const std::string_view kilobytes = trim(line.substr(name.size()));  // "1234 kB"
      *to += parse_int64(kilobytes.substr(0, kilobytes.find(' '))).value_or(0) << 10;
    }
  }
}

}  // namespace

std::vector<ProcessMemory> memory_of_trees(const std::vector<pid_t>& roots) {
  const auto table = internal::read_process_table();
  std::vector<ProcessMemory> sums;
  for (const pid_t root : roots) {
    ProcessMemory& sum = sums.emplace_back();
    add_memory_of(root, sum);
    for (const internal::ProcessRow& row : internal::descendants_in(table, {root}))
      add_memory_of(row.pid, sum);
  }
  return sums;
}

}  // namespace weir::base
