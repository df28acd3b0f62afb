#include "unit/lang/front_end.hpp"

#include "base/file.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

#include <algorithm>

// Each file of tests/lang/wrong is a script or configuration with errors. The lines `// expect
// error 3:5 NF0300 message` at its end (so that they move no line) say exactly what is to be found,
// in order; `// expect warning` likewise.
namespace weir::lang::test {
namespace {

std::string expectation_of(const std::string& text) {
  std::string out;
  for (const std::string_view line : base::split(text, '\n')) {
    constexpr std::string_view k_error = "// expect error ";
    constexpr std::string_view k_warning = "// expect warning ";
    if (line.starts_with(k_error)) out += std::string(line.substr(k_error.size())) + "\n";
    if (line.starts_with(k_warning)) out += "~" + std::string(line.substr(k_warning.size())) + "\n";
  }
  return out;
}

void check(FrontEnd& front_end, const std::string& name, const std::string& text) {
  if (name.ends_with(".config"))
    static_cast<void>(front_end.config(text));
  else
    static_cast<void>(front_end.program(text));
}

/// The text with a diagnostic's edits made.
std::string edited(std::string text, std::vector<Edit> edits) {
  std::sort(edits.begin(), edits.end(),
            [](const Edit& a, const Edit& b) { return a.span.begin > b.span.begin; });
  for (const Edit& edit : edits)
    text.replace(edit.span.begin, edit.span.size_bytes(), edit.replacement);
  return text;
}

std::size_t count(const FrontEnd& front_end, Code code) {
  return static_cast<std::size_t>(
      std::count_if(front_end.diagnostics.all().begin(), front_end.diagnostics.all().end(),
                    [&](const Diagnostic& found) { return found.code == code; }));
}

const std::vector<std::string>& names() {
  static const std::vector<std::string> files = base::list_folder(WEIR_WRONG_SCRIPTS);
  return files;
}

TEST_CASE("every wrong script is answered with exactly the expected diagnostics") {
  REQUIRE(names().size() >= 80);
  for (const std::string& name : names()) {
    CAPTURE(name);
    const std::string text = base::read_file(base::fs::path(WEIR_WRONG_SCRIPTS) / name);
    const std::string expected = expectation_of(text);
    CHECK_FALSE(expected.empty());
    FrontEnd front_end;
    check(front_end, name, text);
    CHECK(front_end.found() == expected);
  }
}

TEST_CASE("every offered edit removes the error that it is offered for") {
  std::size_t edits = 0;
  for (const std::string& name : names()) {
    CAPTURE(name);
    const std::string text = base::read_file(base::fs::path(WEIR_WRONG_SCRIPTS) / name);
    FrontEnd before;
    check(before, name, text);
    for (const Diagnostic& diagnostic : before.diagnostics.all()) {
      if (diagnostic.edits.empty()) continue;
      ++edits;
      CAPTURE(diagnostic.message);
      FrontEnd after;
      check(after, name, edited(text, diagnostic.edits));
      CHECK(count(after, diagnostic.code) < count(before, diagnostic.code));
    }
  }
  CHECK(edits >= 25);
}

TEST_CASE("every diagnostic of a wrong script can be rendered") {
  for (const std::string& name : names()) {
    FrontEnd front_end;
    check(front_end, name, base::read_file(base::fs::path(WEIR_WRONG_SCRIPTS) / name));
    const std::string text = render(front_end.diagnostics, front_end.sources, Colour::no);
    CHECK(text.find('^') != std::string::npos);
    CHECK(base::is_utf8(render_json(front_end.diagnostics, front_end.sources)));
  }
}

}  // namespace
}  // namespace weir::lang::test
