#include "engine/value_diff.hpp"

#include <doctest/doctest.h>

#include <string>

namespace weir::engine::test {
namespace {

TEST_SUITE("value_diff") {
  TEST_CASE("short values are shown whole") {
    CHECK(value_diff_text("'one'", "'two'") == "    before: 'one'\n    now:    'two'\n");
    CHECK(value_diff_text("", "'two'") ==
          "    before: (not part of the key)\n    now:    'two'\n");
  }

  TEST_CASE("of a long list the items that changed are shown, with their whole names") {
    std::string before = "[";
    for (int i = 0; i < 500; ++i) before += "/data/sample_" + std::to_string(i) + ".bam,";
    std::string now = before;
    now.replace(now.find("sample_250."), 11, "sample_two_hundred_and_fifty.");
    const std::string text = value_diff_text(before, now);
    CHECK(text.find("/data/sample_250.bam,") != std::string::npos);
    CHECK(text.find("/data/sample_two_hundred_and_fifty.bam,") != std::string::npos);
    CHECK(text.find("sample_3.bam") == std::string::npos);
    CHECK(text.size() < 700);
  }

  TEST_CASE("texts are compared by lines, with context") {
    CHECK(value_diff_text("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\nsix\n7\n8\n9\n") ==
          "    …\n      4\n      5\n    - 6\n    + six\n      7\n      8\n");
  }

  TEST_CASE("a diff has a limit and drives no terminal") {
    std::string before;
    std::string now;
    for (int i = 0; i < 5000; ++i) {
      before += "old " + std::to_string(i) + "\n";
      now += "new\x1b[31m " + std::to_string(i) + "\n";
    }
    const std::string text = value_diff_text(before, now);
    CHECK(text.find("… and 9800 more lines\n") != std::string::npos);
    CHECK(value_diff_text("a\n", "a\x1b[31m\n").find('\x1b') == std::string::npos);
  }

  TEST_CASE("a difference behind what was recorded is no diff") {
    const std::string same(2000, 'x');
    CHECK(value_diff_text(same, same).find("behind what is recorded") != std::string::npos);
  }
}

}  // namespace
}  // namespace weir::engine::test
