#include "lang/lexer.hpp"

#include "front_end.hpp"

#include <doctest/doctest.h>

namespace weir::lang::test {
namespace {

TEST_SUITE_BEGIN("lexer");

/// The string that a literal stands for.
std::string value_of(const std::string& literal) {
  FrontEnd front_end;
  const FileId file = front_end.sources.add("x", literal);
  const TokenList tokens =
      tokenize(front_end.sources, file, front_end.ast.arena, front_end.diagnostics);
  REQUIRE_MESSAGE(front_end.found().empty(), front_end.found());
  REQUIRE(tokens.tokens.size() == 2);
  REQUIRE(tokens.tokens[0].kind == TokenKind::string);
  return std::string(tokens.strings[tokens.tokens[0].payload]);
}

std::string problems_in(const std::string& text) {
  FrontEnd front_end;
  const FileId file = front_end.sources.add("x", text);
  static_cast<void>(tokenize(front_end.sources, file, front_end.ast.arena, front_end.diagnostics));
  return front_end.found();
}

TEST_CASE("escapes of quoted strings") {
  CHECK(value_of(R"('a\tb\n\s\\\'\"\$')") == "a\tb\n \\'\"$");
  CHECK(value_of(R"('\101\0\377')") == std::string("A\0\xC3\xBF", 4));
  CHECK(value_of(R"('\u00e9\u20AC')") == "é€");
  CHECK(value_of(R"('\ud83d\ude00')") == "😀");
  CHECK(value_of("'a\\\nb'") == "ab");
  CHECK(value_of("'a\\\r\nb'") == "ab");
}

TEST_CASE("a lone surrogate becomes the replacement character") {
  CHECK(value_of(R"('\ud83d')") == "\xEF\xBF\xBD");
  CHECK(value_of(R"('\ude00x')") == "\xEF\xBF\xBDx");
}

TEST_CASE("quotes beside the end of triple-quoted strings are text") {
  CHECK(value_of(R"('''a''')") == "a");
  CHECK(value_of(R"(''''a'''')") == "'a'");
  CHECK(value_of("\"\"\"say \"hi\"\"\"\"") == "say \"hi\"");
  CHECK(value_of(R"(''''''')") == "'");
  CHECK(value_of("'''a\nb'''") == "a\nb");
  CHECK(value_of("'''a\r\nb'''") == "a\nb");
}

TEST_CASE("slashy strings know one escape") {
  CHECK(expression_of(R"(x =~ /a\/b\d\\d/)") == R"((=~ x /a/b\d\\d/))");
  CHECK(expression_of(R"(/a$/)") == "/a$/");
}

TEST_CASE("a slash after an operand divides") {
  CHECK(expression_of("a / b / c") == "(/ (/ a b) c)");
  CHECK(expression_of("a[0] / 2 + b.size() / 3") == "(+ (/ (index a 0) 2) (/ (b.size) 3))");
  CHECK(expression_of("'x' / 2") == "(/ 'x' 2)");
  CHECK(expression_of("x in /a/") == "(in x /a/)");
  CHECK(expression_of("input / 2") == "(/ input 2)");
}

TEST_CASE("numbers keep their form until the parser converts them") {
  CHECK(expression_of("[1, 0x1F, 0b101, 017, 1_000, 12L, 2147483648, 3i]") ==
        "[list 1 31 5 15 1000 12L 2147483648L 3]");
  CHECK(expression_of("-2147483648") == "-2147483648");
  CHECK(expression_of("[1.5, .5, 1e3, 1.10, 2f, 3.0d, 7G, 1.5g]") ==
        "[list 1.5 .5 1e3 1.10 2f 3.0d 7g 1.5]");
  CHECK(expression_of("99999999999999999999") == "99999999999999999999g");
  CHECK(expression_of("0xFFFFFFFFFFFFFFFFFF") == "4722366482869645213695g");
  CHECK(expression_of("4.GB") == "4.GB");
  CHECK(expression_of("1..5") == "(.. 1 5)");
  CHECK(expression_of("1.0.toString()") == "(1.0.toString)");
}

TEST_CASE("malformed numbers are named") {
  CHECK(problems_in("089") == "1:1 NF0006 `089` is octal and cannot have this digit\n");
  CHECK(problems_in("0x") == "1:1 NF0006 `0x` has no digits\n");
  CHECK(problems_in("12abc") == "1:1 NF0006 `12abc` is not a number\n");
  CHECK(problems_in("1_") == "1:1 NF0006 in `1_` a `_` stands where no digit follows\n");
}

TEST_CASE("names in interpolated strings take dotted parts and no dollar") {
  CHECK(expression_of(R"("$a.b.c. $d")") == R"("${a.b.c}'. '${d}")");
  CHECK(expression_of(R"("${a + 1}x${ -> b }")") == R"("${(+ a 1)}'x'${{ -> b;}}")");
  CHECK(expression_of(R"("a${"b${c}"}")") == R"("'a'${"'b'${c}"}")");
  CHECK(expression_of("\"\"\"$x\"\"\"\"") == R"("${x}'"'")");
}

TEST_CASE("comments and newlines are one token") {
  FrontEnd front_end;
  const FileId file =
      front_end.sources.add("x", "#!/usr/bin/env nextflow\na // one\n\n/* two\n */ b");
  const TokenList tokens =
      tokenize(front_end.sources, file, front_end.ast.arena, front_end.diagnostics);
  CHECK(front_end.found().empty());
  CHECK(tokens.tokens.size() == 5);  // newline a newline b end
  CHECK(tokens.tokens[3].has(k_newline_before));
}

TEST_CASE("what is wrong with characters is said where it is") {
  CHECK(problems_in("a # b").starts_with("1:3 NF0001 unexpected character `#`"));
  CHECK(problems_in("a = \xE2\x80\x9Chi\xE2\x80\x9D")
            .starts_with("1:5 NF0001 the typographic quote U+201C"));
  CHECK(problems_in("a\xC2\xA0= 1").starts_with("1:2 NF0001 the character U+00A0 is not a blank"));
  CHECK(problems_in("a \xFF b").starts_with("1:3 NF0002"));
  CHECK(problems_in("'abc").starts_with("1:1 NF0003"));
  CHECK(problems_in("/* abc").starts_with("1:1 NF0004"));
  CHECK(problems_in(R"('\d')").starts_with("1:2 NF0005"));
  CHECK(problems_in(R"("cost: $5")").starts_with("1:8 NF0007"));
  CHECK(problems_in("x = /a${b}/").starts_with("1:7 NF0008"));
  CHECK(problems_in("foo(\n").starts_with("1:4 NF0009"));
  CHECK(problems_in("foo)\n").starts_with("1:4 NF0010"));
  CHECK(problems_in("foo(a]\n") ==
        "1:6 NF0010 this `]` closes nothing\n1:4 NF0009 this `(` is never closed\n");
  CHECK(problems_in("x = /abc\n").starts_with("1:5 NF0012"));
}

TEST_CASE("names may have letters beyond ASCII") {
  CHECK(expression_of("größe + Größe") == "(+ größe Größe)");
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
