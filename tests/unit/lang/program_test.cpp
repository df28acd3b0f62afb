#include "lang/features.hpp"

#include "front_end.hpp"

#include <doctest/doctest.h>

#include <set>

namespace weir::lang::test {
namespace {

TEST_SUITE_BEGIN("program");

TEST_CASE("where the source of an include may be") {
  using Paths = std::vector<std::string>;
  CHECK(include_candidates("./m", "/p/main.nf") == Paths{"/p/m.nf", "/p/m/main.nf", "/p/m"});
  CHECK(include_candidates("../x/m.nf", "/p/q/main.nf") == Paths{"/p/x/m.nf"});
  CHECK(include_candidates("./m.nf", "main.nf") == Paths{"m.nf"});
  CHECK(include_candidates("../m.nf", "main.nf") == Paths{"../m.nf"});
  CHECK(include_candidates("/a/./b/../c.nf", "main.nf") == Paths{"/a/c.nf"});
  CHECK(include_candidates("nf-core/fastqc", "main.nf").empty());
}

TEST_CASE("each script is read once, and names are bound under their aliases") {
  FrontEnd front_end;
  front_end.loader.files["sub/a.nf"] =
      "include { h } from '../lib/h'\ndef f(x) { h(x) }\nprocess P {\n  'x'\n}\n";
  front_end.loader.files["lib/h/main.nf"] = "def h(x) { x }\n";
  const auto program = front_end.program(
      "include { f as g; P as Q } from './sub/a'\ninclude { h } from './lib/h/main.nf'\nworkflow "
      "{\n  Q()\n  g(h(1))\n}\n");
  CHECK(front_end.found() == "");
  REQUIRE(program->modules.size() == 3);
  CHECK(print_tree(program->main(), front_end.ast.names) ==
        "include f as g!function P as Q!process from './sub/a'\ninclude h!function from "
        "'./lib/h/main.nf'\n"
        "workflow (entry)\n  main:\n    (Q!process)\n    (g!function (h!function 1))\n");
  CHECK(front_end.loader.asked ==
        std::vector<std::string>{"sub/a.nf", "lib/h/main.nf", "lib/h.nf"});
}

TEST_CASE("scripts may include each other") {
  FrontEnd front_end;
  front_end.loader.files["a.nf"] = "include { b } from './main'\ndef a(x) { x ? b(x) : x }\n";
  static_cast<void>(front_end.program("include { a } from './a'\ndef b(x) { a(x) }\n"));
  CHECK(front_end.found() == "");
}

TEST_CASE("an include that leads nowhere says where it was looked for") {
  FrontEnd front_end;
  static_cast<void>(front_end.program("include { a } from './gone'\nworkflow { a() }\n"));
  CHECK(front_end.found() == "1:20 NF0500 cannot read the script `./gone`\n");
  CHECK(front_end.diagnostics.all()[0].notes[0] == "looked for gone.nf, gone/main.nf, gone");
}

TEST_CASE("a name that the script does not declare") {
  FrontEnd front_end;
  front_end.loader.files["m.nf"] = "include { inner } from './i'\ndef outer() { inner() }\n";
  front_end.loader.files["i.nf"] = "def inner() { 1 }\n";
  static_cast<void>(front_end.program("include { inner; outr } from './m'\n"));
  CHECK(
      front_end.found() ==
      "1:11 NF0501 `m.nf` does not declare `inner`\n1:18 NF0501 `m.nf` does not declare `outr`\n");
}

class Only final : public Support {
 public:
  std::set<std::string_view> names;
  [[nodiscard]] bool supports(const Feature& feature) const override {
    const std::string_view name = feature.name;
    return names.contains(name);
  }
};

TEST_CASE("what is not supported is refused with its position") {
  FrontEnd front_end;
  const auto program = front_end.program(
      "process P {\n  cpus 1\n  pod env: 'x'\n  input:\n  each x\n  script:\n  'x'\n}\n"
      "workflow {\n  P(channel.of(1).map { v -> v.collate(2) }.buffer(size: 2))\n}\n");
  REQUIRE(front_end.found() == "");
  Only support;
  support.names = {"cpus", "of", "map", "val"};
  check_support(*program, front_end.ast.names, support, front_end.diagnostics);
  CHECK(front_end.found() ==
        "3:3 NF0701 the process directive `pod` is not supported by this version of weir\n"
        "5:3 NF0701 the input qualifier `each` is not supported by this version of weir\n"
        "10:45 NF0701 the channel operator `buffer` is not supported by this version of weir\n");
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
