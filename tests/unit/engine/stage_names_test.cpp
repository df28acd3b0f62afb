#include "engine/stage_names.hpp"

#include "base/error.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using weir::engine::check_stage_collisions;
using weir::engine::escape_for_script;
using weir::engine::expand_stage_names;
using Names = std::vector<std::string>;

TEST_SUITE("stage names") {
  const Names one{"/data/x.fa"};
  const Names three{"/a/x.fa", "/b/y.fa", "/c/z.fa"};

  TEST_CASE("without a pattern or with a star files keep their names") {
    CHECK(expand_stage_names("", three) == Names{"x.fa", "y.fa", "z.fa"});
    CHECK(expand_stage_names("*", three) == Names{"x.fa", "y.fa", "z.fa"});
    CHECK(expand_stage_names("*", {"/data/folder/"}) == Names{"folder"});
  }

  TEST_CASE("a fixed name is numbered only when there are several files") {
    CHECK(expand_stage_names("in.fa", one) == Names{"in.fa"});
    CHECK(expand_stage_names("in.fa", three) == Names{"in.fa1", "in.fa2", "in.fa3"});
  }

  TEST_CASE("a star becomes the ordinal, or nothing for a single file") {
    CHECK(expand_stage_names("in*.fa", one) == Names{"in.fa"});
    CHECK(expand_stage_names("in*.fa", three) == Names{"in1.fa", "in2.fa", "in3.fa"});
  }

  TEST_CASE("question marks become the ordinal padded to their number") {
    CHECK(expand_stage_names("in?.fa", one) == Names{"in1.fa"});
    CHECK(expand_stage_names("in???.fa", three) == Names{"in001.fa", "in002.fa", "in003.fa"});
    const Names twelve(12, "/x");
    CHECK(expand_stage_names("?", twelve).back() == "12");
  }

  TEST_CASE("folders in the pattern are kept and numbered") {
    CHECK(expand_stage_names("sub/", three) == Names{"sub/x.fa", "sub/y.fa", "sub/z.fa"});
    CHECK(expand_stage_names("sub/*", one) == Names{"sub/x.fa"});
    CHECK(expand_stage_names("run?/*", three) == Names{"run1/x.fa", "run2/y.fa", "run3/z.fa"});
    CHECK(expand_stage_names("run*/in.fa", one) == Names{"run1/in.fa"});
  }

  TEST_CASE("no files give no names") {
    CHECK(expand_stage_names("in.fa", {}).empty());
  }

  TEST_CASE("two inputs with one name are refused, naming both sources") {
    CHECK_NOTHROW(check_stage_collisions({{"/a/x", "x"}, {"/b/x", "y"}}));
    CHECK_THROWS_WITH_AS(check_stage_collisions({{"/a/x", "x"}, {"/b/x", "x"}}),
                         doctest::Contains("'x' is the name of /a/x /b/x"), weir::Error);
  }

  TEST_CASE("names are escaped for the shell that will read the script") {
    CHECK(escape_for_script("plain_1.txt") == "plain_1.txt");
    CHECK(escape_for_script("it's (3).txt") == "it\\'s\\ \\(3\\).txt");
    CHECK(escape_for_script("a\\b;c") == "a\\\\b\\;c");
    CHECK(escape_for_script("[!a]") == "[!a]");
    CHECK(escape_for_script("wow!") == "wow\\!");
    CHECK(escape_for_script("two\nlines") == "two$'\\n'lines");
  }
}
