#include "lang/charsets.hpp"

#include "lang/exceptions.hpp"
#include "lang/line_source.hpp"

#include <doctest/doctest.h>

#include <string>

namespace weir::lang::test {
namespace {

/// Gives a text in pieces of so many bytes.
class ShortPieces final : public PieceReader {
 public:
  ShortPieces(std::string content, std::size_t size) : content_(std::move(content)), size_(size) {}
  std::string_view next() override {
    const std::string_view piece = std::string_view(content_).substr(at_, size_);
    at_ += piece.size();
    return piece;
  }

 private:
  std::string content_;
  std::size_t size_;
  std::size_t at_ = 0;
};

std::string read_all(const std::string& bytes, std::size_t size, std::string_view charset) {
  const auto pieces = decoded_pieces(std::make_unique<ShortPieces>(bytes, size), charset);
  std::string text;
  while (true) {
    const std::string_view piece = pieces->next();
    if (piece.empty()) return text;
    text += piece;
  }
}

TEST_SUITE("charsets") {
  TEST_CASE("what comes in pieces is decoded as the whole is, wherever they end") {
    const std::string text = "Zeile \u00e9\n\U0001F600 zwei\r\ndrei";
    for (const std::string_view charset : {"UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE"}) {
      const std::string bytes = encoded(text, charset);
      for (std::size_t size = 1; size <= bytes.size(); ++size)
        CHECK_MESSAGE(read_all(bytes, size, charset) == text, charset << ", pieces of " << size);
    }
    const std::string narrow = encoded("caf\u00e9\n", "ISO-8859-1");
    CHECK(narrow.size() == 5);
    CHECK(read_all(narrow, 2, "latin1") == "caf\u00e9\n");
  }

  TEST_CASE("half a character at the end is decoded as in the whole") {
    const std::string bytes("\x00\x41\xD8\x3D", 4);
    CHECK(read_all(bytes, 1, "UTF-16BE") == decoded(bytes, "UTF-16BE"));
  }

  TEST_CASE("a byte order mark chooses the order and is left out") {
    CHECK(read_all(std::string("\xFF\xFE\x41\x00", 4), 1, "UTF-16") == "A");
    CHECK(read_all(std::string("\xFE\xFF\x00\x41", 4), 3, "UTF-16") == "A");
    CHECK(read_all("", 1, "UTF-16").empty());
  }

  TEST_CASE("a name that is no charset is refused at once") {
    CHECK_THROWS_AS(static_cast<void>(read_all("a", 1, "EBCDIC-42")), ScriptException);
  }
}

}  // namespace
}  // namespace weir::lang::test
