#include "lang/codes.hpp"
#include "lang/vocabulary.hpp"

#include "front_end.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::lang::test {
namespace {

TEST_SUITE_BEGIN("diagnostics");

TEST_CASE("positions count characters, and know all line ends") {
  SourceMap sources;
  const FileId file = sources.add("f", "aé\r\nb\rc\nd");
  CHECK(sources.place({file, 0, 1}) == "f:1:1");
  CHECK(sources.place({file, 3, 4}) == "f:1:3");
  CHECK(sources.place({file, 5, 6}) == "f:2:1");
  CHECK(sources.place({file, 7, 8}) == "f:3:1");
  CHECK(sources.place({file, 9, 10}) == "f:4:1");
  CHECK(sources.line(file, 1) == "aé");
  CHECK(sources.line(file, 9) == "");
  CHECK(sources.place({}) == "");
}

TEST_CASE("an excerpt with carets, labels, notes and edits") {
  SourceMap sources;
  const FileId file = sources.add("main.nf", "one\n\ttwo three\n");
  Diagnostic diagnostic{
      Code::undefined_variable, Severity::error, {file, 9, 14}, "what is this", {}, {}, {}};
  diagnostic.label({file, 0, 3}, "from here")
      .note("think again")
      .edit({file, 9, 14}, "four")
      .edit({file, 5, 5}, "x");
  CHECK(render(diagnostic, sources, Colour::no) ==
        "main.nf:2:6: error[NF0300]: what is this\n"
        "    2 |   two three\n"
        "      |       ^^^^^\n"
        "    1 | one\n"
        "      | --- from here\n"
        "      note: think again\n"
        "      edit: at 2:6 replace `three` by `four`\n"
        "      edit: at 2:2 insert `x`\n");
}

TEST_CASE("long lines are cut around the mark, control characters are shown harmlessly") {
  SourceMap sources;
  const FileId file =
      sources.add("x", std::string(5000, 'a') + "\x1b[31mX" + std::string(5000, 'b'));
  const Diagnostic diagnostic{
      Code::undefined_variable, Severity::warning, {file, 5005, 5006}, "m", {}, {}, {}};
  const std::string text = render(diagnostic, sources, Colour::no);
  CHECK(text.size() < 600);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("warning[NF0300]") != std::string::npos);
}

TEST_CASE("colours only when asked for") {
  SourceMap sources;
  const FileId file = sources.add("x", "a");
  const Diagnostic diagnostic{
      Code::undefined_variable, Severity::error, {file, 0, 1}, "m", {}, {}, {}};
  CHECK(render(diagnostic, sources, Colour::no).find('\x1b') == std::string::npos);
  CHECK(render(diagnostic, sources, Colour::yes).find('\x1b') != std::string::npos);
}

TEST_CASE("a JSON document has every part") {
  FrontEnd front_end;
  static_cast<void>(front_end.program("def f(reads) {\n  raeds\n}\n"));
  const auto json = nlohmann::json::parse(render_json(front_end.diagnostics, front_end.sources));
  CHECK(json["schema"] == 1);
  CHECK(json["errors"] == 1);
  const auto& item = json["diagnostics"][0];
  CHECK(item["code"] == "NF0300");
  CHECK(item["severity"] == "error");
  CHECK(item["span"]["file"] == "main.nf");
  CHECK(item["span"]["begin"]["line"] == 2);
  CHECK(item["span"]["end"]["column"] == 8);
  CHECK(item["edits"][0]["replacement"] == "reads");
}

TEST_CASE("only so many diagnostics are kept, errors before warnings") {
  Diagnostics diagnostics;
  for (std::size_t i = 0; i < 2 * Diagnostics::k_limit; ++i)
    diagnostics.warning(Code::deprecated_implicit_it, {}, "w");
  diagnostics.error(Code::undefined_variable, {}, "e").note("n");
  CHECK(diagnostics.all().size() == Diagnostics::k_limit + 1);
  CHECK(diagnostics.warnings() == 2 * Diagnostics::k_limit);
  SourceMap sources;
  CHECK(render(diagnostics, sources, Colour::no)
            .ends_with("1 error, 400 warnings (200 not shown)\n"));
}

TEST_CASE("sorting drops repetitions") {
  Diagnostics diagnostics;
  diagnostics.error(Code::undefined_variable, {FileId{1}, 5, 6}, "later");
  diagnostics.error(Code::undefined_variable, {FileId{1}, 1, 2}, "sooner");
  diagnostics.error(Code::undefined_variable, {FileId{1}, 5, 6}, "later");
  diagnostics.sort();
  REQUIRE(diagnostics.all().size() == 2);
  CHECK(diagnostics.errors() == 2);
  CHECK(diagnostics.all()[0].message == "sooner");
}

TEST_CASE("sorting after each file gives what sorting once gives") {
  // File, position: in order, out of order, repeated within a portion and across portions.
  const std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> portions{
      {{1, 5}, {1, 1}}, {{2, 3}, {2, 3}}, {{2, 3}, {1, 5}, {3, 1}}, {}, {{1, 0}}, {{4, 4}}};
  Diagnostics often;
  Diagnostics once;
  for (const auto& portion : portions) {
    for (const auto& [file, begin] : portion) {
      for (Diagnostics* const diagnostics : {&often, &once})
        diagnostics->error(Code::undefined_variable, {FileId{file}, begin, begin + 1}, "x");
    }
    often.sort();
  }
  once.sort();
  CHECK(often.errors() == once.errors());
  REQUIRE(often.all().size() == 6);
  for (std::size_t i = 0; i < once.all().size(); ++i)
    CHECK(often.all()[i].span == once.all()[i].span);
}

template <typename Rows>
bool is_sorted_by_name(const Rows& rows) {
  return std::is_sorted(rows.begin(), rows.end(),
                        [](const auto& a, const auto& b) { return a.name < b.name; });
}

TEST_CASE("tables of names are sorted, as their search needs") {
  for (const auto rows : {builtin_functions(), process_functions(), config_functions(),
                          channel_factories(), channel_operators()}) {
    CHECK(is_sorted_by_name(rows));
  }
  for (const auto rows : {process_directives(), output_directives(), index_directives(),
                          stage_directives(), feature_flags(), type_names()}) {
    CHECK(is_sorted_by_name(rows));
  }
}

TEST_SUITE_END();

}  // namespace
}  // namespace weir::lang::test
