#include "script_runner.hpp"

#include <doctest/doctest.h>

// What reaches itself through a closure is let go when the interpreter ends.
namespace weir::lang::test {
namespace {

/// Counts how many of its kind live.
class Counted final : public NativeObject {
 public:
  explicit Counted(int& alive) : alive_(alive) { ++alive_; }
  ~Counted() override { --alive_; }
  [[nodiscard]] std::string_view type_name() const override { return "Counted"; }

 private:
  int& alive_;
};

/// What of a value that was given to a script lives after the interpreter's end.
int left_by(const std::string& body) {
  int alive = 0;
  {
    ScriptRunner runner("def probe(counted) {\n" + body + "\n}\n");
    REQUIRE(runner.problems().empty());
    static_cast<void>(runner.call("probe", {make<Counted>(alive)}));
  }
  return alive;
}

TEST_SUITE_BEGIN("sharing");

TEST_CASE("a recursive closure") {
  CHECK(left_by("def f\nf = { n -> n == 0 ? counted : f(n - 1) }\nf(3)") == 0);
}

TEST_CASE("a closure kept in the map or list that it uses") {
  CHECK(left_by("def m = [value: counted]\nm.get = { -> m.value }\nm.get()") == 0);
  CHECK(left_by("def l = [counted]\nl << { -> l[0] }\nl[1]()") == 0);
  CHECK(left_by("def m = [:]\nm.a = { -> m.b() }\nm.b = { -> counted }\nm.a()") == 0);
}

TEST_CASE("a closure within a closure that is kept by what both use") {
  CHECK(
      left_by("def m = [v: counted]\nm.make = { x -> { -> m.v } }\nm.made = m.make(1)\nm.made()") ==
      0);
}

TEST_CASE("a container that holds itself, however it came in") {
  CHECK(left_by("def l = [counted]\nl << l") == 0);
  CHECK(left_by("def l = [counted]\nl.add(l)") == 0);
  CHECK(left_by("def l = [counted]\nl[3] = [a: l]") == 0);
  CHECK(left_by("def l = [counted]\nl.addAll([[l], [l]])") == 0);
  CHECK(left_by("def m = [v: counted]\nm.self = m") == 0);
  CHECK(left_by("def m = [v: counted]\nm['self'] = [m]") == 0);
  CHECK(left_by("def m = [v: counted]\nm.put('self', [x: [m]])") == 0);
  CHECK(left_by("def m = [v: counted]\nm.putAll([a: m, b: 1])") == 0);
  CHECK(left_by("def m = [v: counted]\nm << [a: m]") == 0);
  CHECK(left_by("def m = [v: counted]\nm.computeIfAbsent('a') { k -> m }") == 0);
  CHECK(left_by("def m = [v: counted].withDefault { k -> [:] }\nm.a.up = m") == 0);
  CHECK(left_by("def s = [] as Set\ns << [counted]\ns.add([s])") == 0);
}

TEST_CASE("nodes that know their parent and their neighbours") {
  CHECK(left_by("def root = [kids: [], v: counted]\n"
                "(1..2000).each { i -> def kid = [up: root, n: i]; root.kids << kid }") == 0);
  CHECK(left_by("def first = [v: counted]\ndef last = first\n"
                "(1..100).each { i -> def next = [before: last]; last.next = next; last = next }\n"
                "last.next = first") == 0);
}

TEST_CASE("what only looks like a ring is not emptied") {
  ScriptRunner runner(
      "def probe() { def a = [1]; def m = [x: a, y: a]; m.z = [a, a]; a << 2; m.z << [m.x]; m }");
  REQUIRE(runner.problems().empty());
  CHECK(to_text(runner.call("probe", {})) == "[x:[1, 2], y:[1, 2], z:[[1, 2], [1, 2], [[1, 2]]]]");
}

TEST_CASE("many at once") {
  CHECK(left_by("(1..1000).each { i -> def m = [v: counted]; m.f = { -> m.v } }") == 0);
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
