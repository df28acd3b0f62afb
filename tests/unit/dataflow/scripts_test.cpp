// Every script of tests/lang/flow must print what stands beside it; WEIR_TEST_ACCEPT=1 rewrites the
// expected files.

#include "flow_harness.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

namespace weir::dataflow::test {
namespace {

TEST_SUITE("scripts") {
  TEST_CASE("each flow script prints what it printed before") {
    const std::filesystem::path folder = WEIR_FLOW_SCRIPTS;
    const bool accept = std::getenv("WEIR_TEST_ACCEPT") != nullptr;
    std::size_t count = 0;
    for (const std::string& name : base::list_folder(folder)) {
      if (!name.ends_with(".nf")) continue;
      ++count;
      CAPTURE(name);
      FlowHarness harness;
      std::string printed;
      try {
        harness.run(base::read_file(folder / name));
        printed = harness.printed;
        CHECK(harness.graph.finished());
      } catch (const Error& error) {
        printed = harness.printed + "error: " + error.message() + "\n";
      }
      for (const std::string& warning : harness.warnings) printed += "warning: " + warning + "\n";
      const std::filesystem::path expected = (folder / name).replace_extension(".out");
      if (accept) base::write_file(expected, printed);
      CHECK(printed == base::try_read_file(expected).value_or("(no expected output)"));
    }
    CHECK(count >= 30);
  }
}

}  // namespace
}  // namespace weir::dataflow::test
