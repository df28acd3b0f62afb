#include "base/glob.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using weir::Error;
using weir::base::FindOptions;
using weir::base::Glob;
using Names = std::vector<std::string>;

TEST_SUITE("glob") {
  TEST_CASE("a star stays within one folder, two stars do not") {
    CHECK(Glob("*.txt").matches("a.txt"));
    CHECK(Glob("*.txt").matches(".txt"));
    CHECK_FALSE(Glob("*.txt").matches("a/b.txt"));
    CHECK(Glob("**.txt").matches("a/b.txt"));
    CHECK(Glob("a/**/z").matches("a/b/c/z"));
    CHECK_FALSE(Glob("**/x").matches("x"));
    CHECK_FALSE(Glob("*").matches("a/b"));
  }

  TEST_CASE("a later star gives back what it took, also behind two stars") {
    CHECK(Glob("*a*b").matches("xxaxxbab"));
    CHECK(Glob("**/*_1.fq").matches("r/s/x_1_1.fq"));
    CHECK_FALSE(Glob("**/*_1.fq").matches("r/s/x_1_2.fq"));
    CHECK_FALSE(Glob("*a*a*a*a*a*a*a*a*a*b").matches(std::string(60, 'a')));
  }

  TEST_CASE("a question mark is one character, whatever its bytes") {
    CHECK(Glob("?.txt").matches("\xC3\xA4.txt"));
    CHECK(Glob("?.txt").matches("\xFF.txt"));
    CHECK_FALSE(Glob("?").matches("/"));
    CHECK_FALSE(Glob("?").matches(""));
  }

  TEST_CASE("sets name characters, ranges and complements") {
    CHECK(Glob("[abc]").matches("b"));
    CHECK(Glob("x[0-9]").matches("x7"));
    CHECK_FALSE(Glob("x[!0-9]").matches("x7"));
    CHECK(Glob("x[!0-9]").matches("xy"));
    CHECK_FALSE(Glob("[!a]").matches("/"));
    CHECK(Glob("[*]").matches("*"));
  }

  TEST_CASE("alternatives hold wildcards and may be empty") {
    CHECK(Glob("{a,b*}.txt").matches("bcd.txt"));
    CHECK(Glob("x{,.gz}").matches("x"));
    CHECK(Glob("{a,b}{1,2}").matches("b1"));
    CHECK_FALSE(Glob("{a,b}{1,2}").matches("b3"));
  }

  TEST_CASE("a backslash takes the next character as it is") {
    CHECK(Glob("a\\*").matches("a*"));
    CHECK_FALSE(Glob("a\\*").matches("ab"));
    CHECK(Glob::unescape("a\\*\\[") == "a*[");
  }

  TEST_CASE("the folder of a pattern ends before its first wildcard") {
    CHECK(Glob::folder_length("a/b*/c") == 2);
    CHECK(Glob::folder_length("/data/x[1]") == 6);
    CHECK(Glob::folder_length("/*.txt") == 1);
    CHECK(Glob::folder_length("a/b/c.txt") == 4);
    CHECK(Glob::folder_length("a\\*/b") == 0);
    CHECK(Glob::folder_length("x.txt") == 0);
    CHECK(Glob::folder_length("") == 0);
  }

  TEST_CASE("malformed patterns are refused") {
    CHECK_THROWS_AS(Glob("[ab"), Error);
    CHECK_THROWS_AS(Glob("{a,b"), Error);
    CHECK_THROWS_AS(Glob("{a,{b}}"), Error);
    CHECK_THROWS_AS(Glob("a\\"), Error);
    CHECK_THROWS_AS(Glob("[z-a]"), Error);
    CHECK_THROWS_AS(Glob("[a/b]"), Error);
    std::string bomb;
    for (int i = 0; i < 13; ++i) bomb += "{a,b}";
    CHECK_THROWS_AS(Glob{bomb}, Error);
  }

  TEST_CASE("only what has a complete wildcard is a pattern") {
    CHECK(Glob::is_pattern("*.txt"));
    CHECK(Glob::is_pattern("a?"));
    CHECK(Glob::is_pattern("{a,b}"));
    CHECK(Glob::is_pattern("x[ab]"));
    CHECK_FALSE(Glob::is_pattern("plain.txt"));
    CHECK_FALSE(Glob::is_pattern("a\\*b"));
    CHECK_FALSE(Glob::is_pattern("{a}"));
    CHECK_FALSE(Glob::is_pattern("a[b"));
  }
}

TEST_SUITE("glob walk") {
  struct Tree {
    weir::base::TempDir dir;
    Tree() {
      for (const char* folder : {"sub/deep", ".hid"}) weir::base::make_folders(dir.path() / folder);
      for (const char* file : {"b.txt", "a.txt", ".dot.txt", "sub/c.txt", "sub/deep/d.txt",
                               ".hid/e.txt", "sub/deep/name with blank.txt"})
        weir::base::write_file(dir.path() / file, file);
      weir::base::make_symlink("sub", dir.path() / "link");
      weir::base::make_symlink("..", dir.path() / "sub" / "up");
      weir::base::make_symlink("nowhere", dir.path() / "dangling.txt");
    }
    [[nodiscard]] Names find(const char* pattern, const FindOptions& options = {}) const {
      return weir::base::find_files(dir.path(), pattern, options);
    }
  };

  TEST_CASE("matches are sorted, hidden and dangling names are left out") {
    const Tree tree;
    CHECK(tree.find("*.txt") == Names{"a.txt", "b.txt"});
    CHECK(tree.find(".*.txt") == Names{".dot.txt"});
    CHECK(tree.find("*.txt", {.hidden = true}) == Names{".dot.txt", "a.txt", "b.txt"});
    CHECK(tree.find("*.txt", {.follow_links = false}) == Names{"a.txt", "b.txt", "dangling.txt"});
  }

  TEST_CASE("folders are entered as deep as the pattern or the limit says") {
    const Tree tree;
    CHECK(tree.find("sub/*.txt") == Names{"sub/c.txt"});
    CHECK(tree.find("**.txt", {.follow_links = false, .depth_max = 1}) ==
          Names{".hid/e.txt", "a.txt", "b.txt", "dangling.txt", "sub/c.txt"});
    CHECK(tree.find("*", {.type = FindOptions::Type::directory}) == Names{"link", "sub"});
  }

  TEST_CASE("links to folders are followed and loops end") {
    const Tree tree;
    const Names found = tree.find("**/d.txt");
    CHECK(found == Names{"link/deep/d.txt", "sub/deep/d.txt"});
  }

  TEST_CASE("a folder that is not there is an error") {
    const Tree tree;
    CHECK_THROWS_AS((void)weir::base::find_files(tree.dir.path() / "none", "*", {}), Error);
  }
}
