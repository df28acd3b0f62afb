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

  TEST_CASE("a live source ends when all that read it are settled") {
    FlowHarness harness;
    harness.run("channel.interval('1s').map { i -> i * 2 }.take(2).view()");
    CHECK(harness.graph.has_live());
    CHECK_FALSE(harness.graph.settled());
    REQUIRE(harness.ticks.size() == 1);
    for (int i = 0; i < 2; ++i) {
      CHECK(harness.ticks[0]());
      harness.graph.run();
    }
    CHECK(harness.printed == "0\n2\n");
    CHECK(harness.graph.settled());
    CHECK_FALSE(harness.ticks[0]());
    harness.graph.run();
    CHECK_FALSE(harness.graph.has_live());
    CHECK(harness.graph.finished());
  }

  TEST_CASE("one of several readers keeps a live source going") {
    FlowHarness harness;
    harness.run("x = channel.interval('1s')\nx.take(1).view()\nx.filter { i -> i > 1 }.view()");
    for (int i = 0; i < 3; ++i) {
      CHECK(harness.ticks[0]());
      harness.graph.run();
    }
    CHECK(harness.printed == "0\n2\n");
    CHECK_FALSE(harness.graph.settled());
  }
}

}  // namespace
}  // namespace weir::dataflow::test
