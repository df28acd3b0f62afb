#include "front_end.hpp"

#include <doctest/doctest.h>

namespace weir::lang::test {
namespace {

TEST_SUITE_BEGIN("parser");

std::string script_of(const std::string& text) {
  FrontEnd front_end;
  const std::string tree = front_end.script(text);
  return front_end.found().empty() ? tree : front_end.found();
}

TEST_CASE("operators bind as the language orders them") {
  CHECK(expression_of("a + b * c ** d") == "(+ a (* b (** c d)))");
  CHECK(expression_of("-a ** b") == "(- (** a b))");
  CHECK(expression_of("!a.b && ~c | d") == "(&& (! a.b) (| (~ c) d))");
  CHECK(expression_of("a ? b : c ? d : e") == "(? a b (? c d e))");
  CHECK(expression_of("a ?: b ?: c") == "(?: a (?: b c))");
  CHECK(expression_of("a == b =~ c & d ^ e | f && g || h") ==
        "(|| (&& (| (^ (& (=~ (== a b) c) d) e) f) g) h)");
  CHECK(expression_of("a << b >> c >>> d") == "(>>> (>> (<< a b) c) d)");
  CHECK(expression_of("a < b == c > d") == "(== (< a b) (> c d))");
  CHECK(expression_of("1..n - 1") == "(.. 1 (- n 1))");
  CHECK(expression_of("0..<n") == "(..< 0 n)");
  CHECK(expression_of("a <=> b") == "(<=> a b)");
  CHECK(expression_of("a in b || c !in d") == "(|| (in a b) (!in c d))");
  CHECK(expression_of("!internal") == "(! internal)");
  CHECK(expression_of("a - b - c") == "(- (- a b) c)");
}

TEST_CASE("casts and type tests") {
  CHECK(expression_of("a as List<Map<String,Path>> ?: b") ==
        "(?: (as a List<Map<String,Path>>) b)");
  CHECK(expression_of("a instanceof String ? 1 : 2") == "(? (instanceof a String) 1 2)");
  CHECK(expression_of("a !instanceof java.util.List") == "(!instanceof a java.util.List)");
  CHECK(expression_of("a as Integer < 5") == "(< (as a Integer) 5)");
}

TEST_CASE("paths: properties, calls, indices and closures") {
  CHECK(expression_of("a.b?.c*.d") == "a.b?.c*.d");
  CHECK(expression_of("a.'b c'.def") == "a.b c.def");
  CHECK(expression_of("f(1, x: 2)(3)[0, 1]") == "(index (call (f 1 x: 2) 3) 0 1)");
  CHECK(expression_of("a.each { v -> v }.size()") == "((a.each {v -> v;}).size)");
  CHECK(expression_of("f(1) { 2 } { 3 }") == "(f 1 {it? -> 2;} {it? -> 3;})");
  CHECK(expression_of("a\n  .b()\n  // words\n  .c()") == "((a.b).c)");
  CHECK(expression_of("new java.util.Date(1, a: 2)") == "(new java.util.Date 1 a: 2)");
}

TEST_CASE("lists and maps") {
  CHECK(expression_of("[]") == "[list]");
  CHECK(expression_of("[:]") == "[map]");
  CHECK(expression_of("[a: 1, 'b c': 2, (d): 3, if: 4, 5: 6,]") ==
        "[map 'a': 1 'b c': 2 d: 3 'if': 4 5: 6]");
  CHECK(expression_of("[\n1,\n2\n]") == "[list 1 2]");
  CHECK(expression_of("[\"$a\": 1]") == "[map \"${a}\": 1]");
}

TEST_CASE("closures: parameters, defaults and types") {
  CHECK(expression_of("{ -> 1 }") == "{ -> 1;}");
  CHECK(expression_of("{ a, b = 2, String c, d: Path -> a }") ==
        "{a, b = 2, c: String, d: Path -> a;}");
  CHECK(expression_of("{\n a ->\n b\n c }") == "{a -> b; c;}");
  CHECK(expression_of("{ it }") == "{it? -> it;}");
}

TEST_CASE("a line may begin with most operators, but not with plus or minus") {
  CHECK(expression_of("a\n * b\n ? c\n : d") == "(? (* a b) c d)");
  CHECK(script_of("a\n+ b\n") == "workflow (implicit)\n  main:\n    a\n    (+ b)\n");
}

TEST_CASE("statements") {
  CHECK(script_of("def a = 1; def (b, c: Path) = x\nString s = 'q'\nList<Integer> l\n") ==
        "workflow (implicit)\n  main:\n    def a = 1\n    def b c: Path = x\n    def s: String = "
        "'q'\n"
        "    def l: List<Integer>\n");
  CHECK(script_of("if (a) b() else if (c)\n  d()\nelse { e() }\n") ==
        "workflow (implicit)\n  main:\n    if a\n      (b)\n    else\n      if c\n        (d)\n    "
        "  else\n        (e)\n");
  CHECK(
      script_of("try { a() }\ncatch (IOException | Error e) { b() }\ncatch (f: Exception) { "
                "}\ncatch (g) { }\n") ==
      "workflow (implicit)\n  main:\n    try\n      (a)\n    catch e IOException Error\n      (b)\n"
      "    catch f Exception\n    catch g\n");
  CHECK(
      script_of(
          "(a, b) = c\nx.y[0] += 1\nz ?= 2\nassert a : 'no'\nthrow new Exception('x')\nreturn\n") ==
      "workflow (implicit)\n  main:\n    (a b ) = c\n    (index x.y 0) += 1\n    z ?= 2\n    "
      "assert a : 'no'\n"
      "    throw (new Exception 'x')\n    return -\n");
}

TEST_CASE("a name or property is called without parentheses, and nothing else is") {
  CHECK(script_of("println a, b: 1\nlog.info \"x\"\n") ==
        "workflow (implicit)\n  main:\n    (println a b: 1)\n    (log.info 'x')\n");
  CHECK(script_of("f { 1 }, mode: 2\ng (1), mode: 2\nh [a: 1]\n") ==
        "workflow (implicit)\n  main:\n    (f {it? -> 1;} mode: 2)\n    (g 1 mode: 2)\n    (h [map "
        "'a': 1])\n");
  CHECK(script_of("a() b\n").starts_with("1:5 NF0100"));
}

TEST_CASE("labels stand in closures that are arguments") {
  CHECK(script_of("c.branch { v ->\n  small: v < 1\n    return 2\n  other: true\n}\n") ==
        "workflow (implicit)\n  main:\n    (c.branch {v -> small: (< v 1); return 2; other: "
        "true;})\n");
  CHECK(script_of("def f = { a: 1 }\n").starts_with("1:11 NF0106"));
}

TEST_CASE("declarations of a script") {
  CHECK(
      script_of("nextflow.preview.recursion = true\ninclude { a; b as c } from './m'\ninclude {\n  "
                "d\n  e\n} from 'plugin/p'\n"
                "params.x.y = 1\nparams {\n  i: Path\n  n: Integer = 3\n}\nenum E { A, B, "
                "}\nrecord R {\n  a: String\n  b: Path?\n}\n"
                "def f(a, b = 1) { a }\ndef g(x: Integer) -> String { x }\nString h(y) { y }\n") ==
      "flag nextflow.preview.recursion = true\ninclude a b as c from './m'\ninclude d e from "
      "'plugin/p'\n"
      "params.x.y = 1\nparams\n  i: Path\n  n: Integer = 3\nenum E\n  A\n  B\nrecord R\n  a: "
      "String\n  b: Path?\n"
      "function f(a, b = 1)\n  a\nfunction g(x: Integer) -> String\n  x\nfunction h(y) -> String\n "
      " y\n");
}

TEST_CASE("a process with all its sections") {
  CHECK(
      script_of("process P {\n  cpus 4\n  maxErrors -1\n  publishDir 'x', mode: 'copy'\n  tag { "
                "\"$a\" }\n\n  input:\n"
                "  tuple val(a), path(b, stageAs: 'q')\n  each path(c)\n  path 'fixed'\n  env "
                "'E'\n  stdin\n\n  output:\n"
                "  tuple val(a), path('*.bam'), emit: bam, optional: true\n  stdout\n  eval 'v', "
                "topic: versions\n\n"
                "  when:\n  a\n\n  script:\n  x = 1\n  \"\"\"run\"\"\"\n\n  stub:\n  'y'\n}\n") ==
      "process P\n  .cpus 4\n  .maxErrors (- 1)\n  .publishDir 'x' mode: 'copy'\n  .tag {it? -> "
      "\"${a}\";}\n"
      "  in (tuple (val a@0) (path b@0 stageAs: 'q'))\n  in (each (path c@0))\n  in (path "
      "'fixed')\n  in (env 'E')\n"
      "  in (stdin)\n  out (tuple emit=bam optional: true (val a) (path '*.bam'))\n  out (stdout)\n"
      "  out (eval 'v' topic: 'versions')\n  when a\n  script:\n    x = 1\n    'run'\n  stub:\n    "
      "'y'\n");
}

TEST_CASE("outputs may come last, and a bare body is the script") {
  CHECK(script_of("process P {\n  exec:\n  x = 1\n\n  output:\n  val x\n}\n") ==
        "process P\n  out (val x)\n  exec:\n    x = 1\n");
  CHECK(script_of("process P {\n  def a = 1\n  \"\"\"run\"\"\"\n}\n") ==
        "process P\n  script:\n    def a = 1\n    'run'\n");
}

TEST_CASE("typed processes") {
  CHECK(script_of("nextflow.enable.types = true\nprocess P {\n  input:\n  a: String\n  tuple(b: "
                  "Path, c: Integer)\n  shell: String\n\n"
                  "  stage:\n  stageAs b, 'x'\n\n  output:\n  d: Path = file('y')\n\n  topic:\n  "
                  "eval('v') >> 'versions'\n\n"
                  "  script:\n  'z'\n}\n") ==
        "flag nextflow.enable.types = true\nprocess P typed\n  in (typed a@0: String)\n"
        "  in (typed (typed b@0: Path) (typed c@0: Integer))\n  in (typed shell@0: String)\n  "
        "stage (stageAs b 'x')\n"
        "  out (typed (file 'y'): Path emit=d)\n  topic (>> (eval 'v') 'versions')\n  script:\n    "
        "'z'\n");
}

TEST_CASE("workflows with their sections") {
  CHECK(script_of("workflow W {\n  take:\n  a\n  b: Channel<Path>\n\n  main:\n  c = a\n\n  emit:\n "
                  " c\n  d = c.map { v -> v }\n}\n"
                  "workflow {\n  main:\n  W()\n  publish:\n  o = W.out\n  onComplete:\n  done()\n  "
                  "onError:\n  bad()\n}\n"
                  "output {\n  o: Channel<Path> {\n    path { v -> v }\n    index { path 'i.csv' "
                  "}\n  }\n}\n") ==
        "workflow W\n  take a@0\n  take b@0: Channel<Path>\n  main:\n    c = a\n  emit c = c\n  "
        "emit d = (c.map {v -> v;})\n"
        "workflow (entry)\n  main:\n    (W)\n  publish o = W.out\n  onComplete:\n    (done)\n  "
        "onError:\n    (bad)\n"
        "output\n  o: Channel<Path>\n    .path {v -> v;}\n    .index\n      .path 'i.csv'\n");
}

TEST_CASE("several errors are found in one go") {
  FrontEnd front_end;
  static_cast<void>(
      front_end.script("workflow {\n  a = = 1\n  b = 2\n  c ]\n  foo(1,\n}\nworkflow W {\n  d "
                       "=\n}\nworkflow {\n  e = 3\n}\n"));
  CHECK(front_end.diagnostics.errors() >= 4);
  CHECK(front_end.found().find("9:1 NF0100") != std::string::npos);
}

TEST_CASE("what stands behind an error is still parsed") {
  FrontEnd front_end;
  const std::string tree = front_end.script(
      "process A {\n  input:\n  val x y z\n  script:\n  'a'\n}\nprocess B {\n  'b'\n}\n");
  CHECK(front_end.found() == "3:9 NF0100 unexpected `y` after the statement\n");
  CHECK(tree.find("process B\n") != std::string::npos);
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
