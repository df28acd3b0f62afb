#include "base/process_memory.hpp"

#include "base/internal/named_number.hpp"
#include "base/internal/process_table.hpp"

#include <array>
#include <string>
#include <string_view>

namespace weir::base {
namespace {

void add_memory_of(pid_t pid, ProcessMemory& sum) {
  std::array<char, 8192> buffer;
  const std::string_view status =
      internal::read_small("/proc/" + std::to_string(pid) + "/status", buffer);
  const auto bytes = [&](std::string_view name) {
    return internal::named_number(status, name).value_or(0) << 10;
  };
  sum.resident += bytes("VmRSS");
  sum.address_space += bytes("VmSize");
  sum.address_space_peak += bytes("VmPeak");
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
