#include "base/machine.hpp"

#include "base/control_group.hpp"
#include "base/file.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>

namespace weir::base {
namespace {

TEST_SUITE("machine") {
  TEST_CASE("the machine has a core and memory") {
    CHECK(available_cores() >= 1);
    CHECK(available_memory_bytes() > 1 << 20);
    CHECK(free_memory_bytes() <= static_cast<std::int64_t>(available_memory_bytes()));
  }

  TEST_CASE("the first of the control groups has this process, the others are above it") {
    const std::string own = std::to_string(::getpid()) + "\n";
    for (const char* const controller : {"", "memory", "cpu"}) {
      const std::vector<fs::path> folders = control_group_folders(controller);
      if (folders.empty()) continue;  // not on this machine
      CAPTURE(folders.front().native());
      CHECK(("\n" + read_file(folders.front() / "cgroup.procs")).find("\n" + own) !=
            std::string::npos);
      for (std::size_t i = 1; i < folders.size(); ++i)
        CHECK(folders[i] == folders[i - 1].parent_path());
    }
    CHECK(control_group_folders("no such controller").empty());
  }
}

}  // namespace
}  // namespace weir::base
