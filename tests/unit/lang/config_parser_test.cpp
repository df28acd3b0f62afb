#include "front_end.hpp"

#include <doctest/doctest.h>

namespace weir::lang::test {
namespace {

TEST_SUITE_BEGIN("config parser");

std::string config_of(const std::string& text) {
  FrontEnd front_end;
  const std::string tree = front_end.config(text);
  return front_end.found().empty() ? tree : front_end.found();
}

TEST_CASE("assignments, blocks, selectors, includes and apply blocks") {
  CHECK(config_of("a.b.'c d' = 1\nplugins {\n  id 'x@1'\n}\nprocess {\n  cpus = 2\n  withName: "
                  "'A|B' { memory = 4.GB }\n"
                  "  withLabel: big {\n    time = { 1.h * task.attempt }\n  }\n}\nincludeConfig "
                  "\"${params.base}/x.config\"\n") ==
        "a.b.c d = 1\napply plugins\n  (id 'x@1')\nblock process\n  cpus = 2\n  withName 'A|B'\n   "
        " memory = 4.GB\n"
        "  withLabel 'big'\n    time = {it? -> (* 1.h task!dynamic.attempt);}\ninclude "
        "\"${params!.base}'/x.config'\"\n");
}

TEST_CASE("a computed include may be an immediately called closure") {
  CHECK(config_of("includeConfig ({ ->\n  def x = 'a'\n  return x\n}())\n") ==
        "include (call { -> def x@0 = 'a'; return x@0;})\n");
}

TEST_CASE("settings may be called like words of the language") {
  CHECK(config_of("process.shell = ['bash']\nenv { process = 1 }\nreport.if = 2\nmanifest { main = "
                  "'x' }\n") ==
        "process.shell = [list 'bash']\nblock env\n  process = 1\nreport.if = 2\nblock manifest\n  "
        "main = 'x'\n");
}

TEST_CASE("statements of older configurations are answered with what to write") {
  CHECK(config_of("if (params.x) { a = 1 }\nb = 2\n")
            .starts_with("1:1 NF0220 a configuration cannot hold an `if`"));
  CHECK(config_of("def x = 1\n").starts_with("1:1 NF0220"));
  CHECK(config_of("def f(a) {\n  a\n}\nb = 2\n") ==
        "1:5 NF0220 a configuration cannot declare functions\n");
  CHECK(config_of("try {\n  includeConfig 'x'\n} catch (Exception e) {\n  y()\n}\nb = 2\n") ==
        "1:1 NF0220 a configuration cannot hold a `try`\n");
}

TEST_CASE("what is incomplete or misplaced has its own message") {
  CHECK(config_of("a.b\n") == "1:1 NF0603 a setting needs a value: `name = value`\n");
  CHECK(config_of("withName: 'x' { cpus = 1 }\n") ==
        "1:1 NF0602 a selector must stand inside of `process { }`\n");
  CHECK(config_of("process {\n  withFoo: 'x' { cpus = 1 }\n}\n") ==
        "2:3 NF0601 there is no selector `withFoo:`\n");
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
