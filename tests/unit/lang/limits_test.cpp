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

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
