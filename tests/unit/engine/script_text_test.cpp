#include "engine/script_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using weir::engine::normalise_script;
using weir::engine::shebang_of;
using Words = std::vector<std::string>;

TEST_SUITE("script text") {
  TEST_CASE("the common margin goes, deeper indentation stays") {
    CHECK(normalise_script("\n    if true; then\n      echo a\n    fi\n    ") ==
          "if true; then\n  echo a\nfi\n");
  }

  TEST_CASE("blank lines do not count for the margin and keep their place") {
    CHECK(normalise_script("    a\n\n  \n    b") == "a\n\n\nb\n");
  }

  TEST_CASE("a line at the margin zero keeps all as it is") {
    CHECK(normalise_script("echo 1\n    echo 2\n") == "echo 1\n    echo 2\n");
  }

  TEST_CASE("a tab counts as one character of margin") {
    CHECK(normalise_script("\tone\n\t\ttwo\n") == "one\n\ttwo\n");
  }

  TEST_CASE("an empty script is one empty line") {
    CHECK(normalise_script("") == "\n");
    CHECK(normalise_script("   \n  ") == "\n");
  }

  TEST_CASE("the shebang gives the interpreter's words") {
    CHECK(shebang_of("#!/usr/bin/env python3\nprint(1)") == Words{"/usr/bin/env", "python3"});
    CHECK(shebang_of("#! /bin/sh  -e ") == Words{"/bin/sh", "-e"});
    CHECK(shebang_of("# not one").empty());
    CHECK(shebang_of("").empty());
    CHECK(shebang_of("#!").empty());
  }
}
