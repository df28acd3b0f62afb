#include "front_end.hpp"

#include <doctest/doctest.h>

namespace weir::lang::test {
namespace {

TEST_SUITE_BEGIN("resolver");

/// The body of a function, with the places of its variables: x@1 slot, x@1c cell, x^0 capture, x^0c
/// captured cell.
std::string function_of(const std::string& body) {
  FrontEnd front_end;
  const std::string tree = front_end.resolved("def f(a, b) {\n" + body + "\n}\n");
  return front_end.found().empty() ? tree : front_end.found();
}

TEST_CASE("locals and parameters have slots of the frame") {
  CHECK(function_of("def c = a\nc + b") == "function f(a, b)\n  def c@2 = a@0\n  (+ c@2 b@1)\n");
}

TEST_CASE("what is captured and never assigned again is copied") {
  CHECK(function_of("a.each { v -> v + b }") ==
        "function f(a, b)\n  (a@0.each {v -> [b@1] (+ v@0 b^0);})\n");
}

TEST_CASE("what is captured and assigned lives in a cell") {
  CHECK(function_of("def n = 0\na.each { v -> n += v }\nn") ==
        "function f(a, b)\n  def n@2c = 0\n  (a@0.each {v -> [n@2c] n^0c += v@0;})\n  n@2c\n");
  CHECK(function_of("def g = { -> b }\nb = 1") ==
        "function f(a, b@cell)\n  def g@2 = { -> [b@1c] b^0c;}\n  b@1c = 1\n");
}

TEST_CASE("a parameter that is assigned and captured becomes a cell") {
  CHECK(function_of("a = 1\n[b].each { v -> a }") ==
        "function f(a@cell, b)\n  a@0c = 1\n  ([list b@1].each {v -> [a@0c] a^0c;})\n");
}

TEST_CASE("a capture passes through the closures between") {
  CHECK(function_of("a.each { v -> v.each { w -> w + b } }") ==
        "function f(a, b)\n  (a@0.each {v -> [b@1] (v@0.each {w -> [b^0] (+ w@0 b^0);});})\n");
}

TEST_CASE("the implicit parameter belongs to the innermost closure, with one warning") {
  FrontEnd front_end;
  CHECK(front_end.resolved("def f(a) {\n  a.each { it.each { it + it } }\n}\n") ==
        "function f(a)\n  (a@0.each {it? -> (it@0.each {it? -> (+ it@0 it@0);});})\n");
  CHECK(front_end.diagnostics.warnings() == 2);
}

TEST_CASE("blocks have scopes, and names may be used again beside each other") {
  CHECK(function_of("if (a) {\n  def c = 1\n  c\n} else {\n  def c = 2\n  c\n}") ==
        "function f(a, b)\n  if a@0\n    def c@2 = 1\n    c@2\n  else\n    def c@3 = 2\n    c@3\n");
}

TEST_CASE(
    "a process: task first, then inputs, then what the script assigns, which may not be there "
    "yet") {
  FrontEnd front_end;
  CHECK(front_end.resolved("process P {\n  tag \"$x $p\"\n  input:\n  tuple val(x), path(y)\n  "
                           "output:\n  path \"${p}.txt\"\n  script:\n"
                           "  p = task.ext.args ?: params.a.b\n  def q = [y].collect { v -> v.name "
                           "+ p }\n  \"\"\"$x $p $q\"\"\"\n}\n") ==
        "process P\n  .tag \"${x@1}' '${p@3c}\"\n  in (tuple (val x@1) (path y@2))\n  out (path "
        "\"${p@3c}'.txt'\")\n  script:\n"
        "    p@3c = (?: task@0.ext.args params!.a.b)\n"
        "    def q@4 = ([list y@2].collect {v -> [p@3c] (+ v@0.name p^0c);})\n    \"${x@1}' "
        "'${p@3c}' "
        "'${q@4}\"\n"
        "  reads task@0.ext.args\n  reads params!.a.b\n  reads y@2\n  reads p@3c\n  reads x@1\n");
  CHECK(front_end.found().empty());
}

TEST_CASE("what a script declares by def is not visible to the outputs") {
  CHECK(
      problems_of("process P {\n  output:\n  path \"${p}.txt\"\n  script:\n  def p = 1\n  'x'\n}\n")
          .starts_with("3:11 NF0300 `p` is not defined"));
}

TEST_CASE("workflows: assignments declare, set and tap declare, pipes find operators") {
  FrontEnd front_end;
  CHECK(
      front_end.resolved("process A {\n  input:\n  val x\n  output:\n  val x\n  script:\n  'x'\n}\n"
                         "workflow {\n  a = channel.of(1)\n  a.map { v -> v }.set { b }\n  b | A | "
                         "view\n  A.out.tap { c }\n  c | map { v -> v + 1 }\n}\n") ==
      "process A\n  in (val x@1)\n  out (val x@1)\n  script:\n    'x'\n"
      "workflow (entry)\n  main:\n    a@0c = (channel!.of 1)\n    ((a@0c.map {v -> v@0;}).set => "
      "b@1c)\n"
      "    (| (| b@1c A!process) view!op)\n    (A!process.out.tap => c@2c)\n    (| c@2c (map!op {v "
      "-> "
      "(+ v@0 1);}))\n");
  CHECK(front_end.found().empty());
}

TEST_CASE("classes are known by full name, and simple names of the library") {
  CHECK(function_of(
            "java.nio.file.Files.copy(a, b)\nMath.max(a, b)\nnew groovy.json.JsonSlurper()") ==
        "function f(a, b)\n  (java.nio.file.Files!type.copy a@0 b@1)\n  (Math!type.max a@0 b@1)\n"
        "  (new groovy.json.JsonSlurper)\n");
}

TEST_CASE("a closure variable is called through its slot") {
  CHECK(function_of("def g = { v -> v }\ng(a)") ==
        "function f(a, b)\n  def g@2 = {v -> v@0;}\n  (g@2 a@0)\n");
}

TEST_CASE("undefined names are answered with the nearest known one") {
  FrontEnd front_end;
  static_cast<void>(front_end.program("def f(reads) {\n  raeds\n}\n"));
  REQUIRE(front_end.diagnostics.all().size() == 1);
  CHECK(front_end.diagnostics.all()[0].edits.at(0).replacement == "reads");
}

TEST_CASE("a unit behind a blank is answered with the one that exists") {
  for (const auto& [text, mended] : {std::pair("8 GB", "."), {"2 h", "."}, {"8 G", ".GB"}}) {
    FrontEnd front_end;
    static_cast<void>(front_end.program(std::string("def f() {\n  ") + text + "\n}\n"));
    REQUIRE(front_end.diagnostics.all().size() == 1);
    CHECK(front_end.diagnostics.all()[0].edits.at(0).replacement == mended);
  }
}

TEST_CASE("a component called in both branches is called before what follows") {
  const std::string head = "process A {\n  output:\n  val 1\n  script:\n  'x'\n}\nworkflow {\n";
  CHECK(problems_of(head + "  if (params.x) { A() } else { A() }\n  A.out.view()\n}\n").empty());
  CHECK(problems_of(head + "  if (params.x) { A() } else { A() }\n  A()\n}\n").find("NF0414") !=
        std::string::npos);
  CHECK(problems_of(head + "  if (params.x) { A() }\n  A()\n}\n").empty());
  CHECK(problems_of(head + "  A.out.view()\n  A()\n}\n").find("NF0409") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
