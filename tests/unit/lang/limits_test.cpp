#include "lang/lexer.hpp"

#include "front_end.hpp"

#include <doctest/doctest.h>

namespace weir::lang::test {
namespace {

TEST_SUITE_BEGIN("limits");

std::string repeated(const std::string& text, std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += text;
  return out;
}

/// What is found in a script, shortened to the codes.
std::string codes_in(const std::string& text) {
  FrontEnd front_end;
  static_cast<void>(front_end.program(text));
  std::string out;
  for (const Diagnostic& diagnostic : front_end.diagnostics.all())
    out += code_text(diagnostic.code) + " ";
  return out;
}

TEST_CASE("nesting up to the limit is fine, one more is refused, however it is made") {
  struct Form {
    std::string open, middle, close;
  };
  for (const Form& form :
       {Form{"(", "1", ")"}, Form{"[", "1", "]"}, Form{"{ -> ", "1", "}"}, Form{"!", "true", ""},
        Form{"true ? 1 : ", "2", ""}, Form{"[a: ", "1", "]"}, Form{"tuple(", "1", ")"}}) {
    CAPTURE(form.open);
    CHECK(codes_in("def x = " + repeated(form.open, 60) + form.middle + repeated(form.close, 60)) ==
          "");
    CHECK(codes_in("def x = " + repeated(form.open, 100000) + form.middle +
                   repeated(form.close, 100000)) == "NF0901 ");
  }
  CHECK(codes_in(repeated("if (true) ", 50) + "println 1") == "");
  CHECK(codes_in(repeated("if (true) ", 100000) + "println 1") == "NF0901 ");
  CHECK(codes_in(repeated("if (true) { ", 50000) + "println 1" + repeated("}", 50000)) ==
        "NF0901 ");
}

TEST_CASE(
    "chains of operators and calls are bounded, as their trees are as high as they are long") {
  CHECK(codes_in("def x = 1" + repeated(" + 1", 900)) == "");
  CHECK(codes_in("def x = 1" + repeated(" + 1", 100000)) == "NF0901 ");
  CHECK(codes_in("def x = 'a'" + repeated(".trim()", 450)) == "");
  CHECK(codes_in("def x = 'a'" + repeated(".trim()", 100000)) == "NF0901 ");
  CHECK(codes_in("def x = [1]" + repeated("[0]", 100000)) == "NF0901 ");
}

TEST_CASE("strings in strings are nesting, too") {
  CHECK(codes_in("def x = " + repeated("\"${", 1000) + "1" + repeated("}\"", 1000)) == "NF0901 ");
}

TEST_CASE("a source beyond the size limit is refused") {
  CHECK(codes_in(std::string(k_source_bytes_max + 1, ' ')) == "NF0900 ");
}

TEST_CASE("a long script and long lists are no problem") {
  CHECK(codes_in(repeated("println 1\n", 20000)) == "");
  CHECK(codes_in("def x = [" + repeated("1, ", 100000) + "1]") == "");
}

TEST_CASE("unclosed brackets and strings in number end at the limit of messages") {
  FrontEnd front_end;
  static_cast<void>(front_end.program(repeated("({[\"${'", 20000)));
  CHECK(front_end.diagnostics.all().size() <= Diagnostics::k_limit);
}

std::string numbered(std::size_t n, const std::string& before, const std::string& after) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += before + std::to_string(i) + after;
  return out;
}

// Each of these took time in the square of its length once: at this length, minutes.
TEST_CASE("what cannot be right is refused in time that grows with its length") {
  constexpr std::size_t k_many = 100'000;
  for (const std::string& script :
       {repeated("[", k_many) + repeated(")", k_many),
        "x = \"${" + repeated("(", k_many) + repeated("]", k_many), repeated("$/ ", k_many),
        "workflow {\n" + numbered(k_many, "println y", "\n") + "}",
        "workflow {\n" + numbered(k_many, "def v = w", "\n") + "}",
        numbered(k_many, "def f", "() { g() }\n"),
        "workflow {\n publish:\n" + numbered(k_many, "a", " = 1\n") + "}\noutput {\n" +
            numbered(k_many, "b", " { path 'x' }\n") + "}"}) {
    CAPTURE(script.substr(0, 60));
    FrontEnd front_end;
    static_cast<void>(front_end.program(script));
    CHECK(front_end.diagnostics.has_errors());
  }
}

TEST_CASE("what is right is read in time and memory that grow with its length") {
  CHECK(codes_in("def f(x) { x }\nworkflow { f(1)" + repeated(" { }", 20'000) + " }") != "");
  const std::string outputs = numbered(50'000, "a", " = 1\n");
  CHECK(codes_in("workflow {\n publish:\n" + outputs + "}\noutput {\n" +
                 numbered(50'000, "a", " { path 'x' }\n") + "}") == "");
}

TEST_CASE("variables captured through many closures are bounded") {
  const std::string variables = numbered(30'000, "def v", " = 1\n");
  const auto script = [&](std::size_t depth) {
    return "workflow {\n" + variables + "def f = " + repeated("{ -> ", depth) + "[" +
           numbered(30'000, "v", ",") + "1]" + repeated("}", depth) + "\n}";
  };
  CHECK(codes_in(script(20)) == "");
  CHECK(codes_in(script(50)) == "NF0902 ");
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
