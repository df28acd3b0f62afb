#include "runs/log_text.hpp"

#include "base/text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using namespace weir::runs;

namespace {

std::string filtered(std::string_view bytes, std::size_t piece = 1000000) {
  TerminalFilter filter;
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += piece) filter.filter(bytes.substr(i, piece), out);
  filter.finish(out);
  return out;
}

}  // namespace

TEST_CASE("escape sequences of every kind are dropped, wherever they are cut") {
  const std::string hostile =
      "a\x1b[31mred\x1b[0m b\x1b]0;title\x07"
      "c\x1b]8;;http://x\x1b\\d\x1b(0e\x1bPq#0\x1b\\f\n";
  for (const std::size_t piece : {1U, 2U, 3U, 100U})
    CHECK(filtered(hostile, piece) == "ared bcdef\n");
}

TEST_CASE("a sequence that never ends does not swallow the log") {
  CHECK(filtered("x\x1b]0;no end\nnext line\n") == "x\nnext line\n");
  CHECK(filtered("\x1b[" + std::string(5000, '1') + "tail").ends_with("tail"));
}

TEST_CASE("control characters, C1 ones too, are shown and not sent") {
  CHECK(filtered(std::string("a\0b\x07\x08", 5)) == "a\\x00b\\x07\\x08");
  CHECK(filtered("a\xC2\x9b[31m") == "a\\x9b[31m");
}

TEST_CASE("what is no UTF-8 becomes U+FFFD, what is stays, also when cut inside a character") {
  for (const std::size_t piece : {1U, 2U, 100U}) {
    CHECK(filtered("gr\xC3\xBC\xC3\x9F \xE2\x9C\x94 \xF0\x9F\xA7\xAC", piece) ==
          "gr\xC3\xBC\xC3\x9F \xE2\x9C\x94 \xF0\x9F\xA7\xAC");
    CHECK(filtered("\xFF\xC3(\xE2\x9C", piece) == "\xEF\xBF\xBD\xEF\xBF\xBD(\xEF\xBF\xBD");
  }
}

TEST_CASE("a lone carriage return begins a new line, CR LF is one line end") {
  CHECK(filtered("10%\r20%\rdone\r\nx\n") == "10%\n20%\ndone\nx\n");
}

TEST_CASE("plain text passes as it is, and only it") {
  const TerminalFilter filter;
  CHECK(filter.passes("plain text, with\ttabs\nand lines of some length\n"));
  for (int byte = 0; byte < 256; ++byte) {
    std::string text(23, 'x');
    text[13] = static_cast<char>(byte);
    const bool plain = (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\t';
    CHECK(filter.passes(text) == plain);
  }
}

TEST_CASE("lines are cut at line feeds alone, overlong ones into pieces") {
  std::vector<std::pair<std::string, bool>> lines;
  LineSplitter splitter;
  const auto take = [&](const LogLine& line) {
    lines.emplace_back(std::string(line.bytes), line.partial);
  };
  splitter.add("one\ntw", take);
  splitter.add("o\r\n\n", take);
  splitter.add(std::string(2 * k_log_line_bytes_max + 5, 'y') + "\nend", take);
  splitter.finish(take);
  REQUIRE(lines.size() == 7);
  CHECK(lines[0].first == "one");
  CHECK(lines[1].first == "two\r");
  CHECK(lines[2].first.empty());
  CHECK(lines[3].first.size() == k_log_line_bytes_max);
  CHECK(lines[3].second);
  CHECK(lines[4].second);
  CHECK(lines[5].first == "yyyyy");
  CHECK_FALSE(lines[5].second);
  CHECK(lines[6].first == "end");
}

TEST_CASE("JSON text is valid whatever the bytes") {
  std::string out;
  append_json_text(out, std::string("\"\\\n\x01\xFFz", 6));
  CHECK(base::is_utf8(out));
  CHECK(out.find('\x01') == std::string::npos);
  CHECK(shown_message("10%\r50%\r100%") == "100%");
  CHECK(to_base64("Man") == "TWFu");
  CHECK(to_base64("Ma") == "TWE=");
  CHECK(to_base64("M") == "TQ==");
}
