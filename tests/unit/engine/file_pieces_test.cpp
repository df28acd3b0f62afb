#include "base/error.hpp"
#include "base/file.hpp"
#include "engine/file_access.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using weir::base::TempDir;
using weir::engine::gzip;
using weir::engine::open_pieces;

namespace {

constexpr std::size_t k_piece_most = 1 << 20;

/// More than any buffer, and nothing that repeats at its size.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

std::string all_of(const std::string& name, bool decompress) {
  const auto pieces = open_pieces(name, decompress);
  std::string all;
  for (std::string_view piece = pieces->next(); !piece.empty(); piece = pieces->next()) {
    CHECK(piece.size() <= k_piece_most);
    all += piece;
  }
  CHECK(pieces->next().empty());
  return all;
}

}  // namespace

TEST_SUITE("file pieces") {
  TEST_CASE("a plain file comes as it is, in pieces") {
    const TempDir dir;
    const std::string text = long_text();
    weir::base::write_file(dir.path() / "a", text);
    CHECK(all_of(dir.path() / "a", false) == text);
    weir::base::write_file(dir.path() / "empty", "");
    CHECK(all_of(dir.path() / "empty", false).empty());
  }

  TEST_CASE("members of gzip data follow one another, empty ones among them") {
    const TempDir dir;
    const std::string text = long_text();
    weir::base::write_file(dir.path() / "a.gz", gzip(text) + gzip("") + gzip("end"));
    CHECK(all_of(dir.path() / "a.gz", true) == text + "end");
    weir::base::write_file(dir.path() / "zeros.gz", gzip(std::string(5'000'000, 'x')));
    CHECK(all_of(dir.path() / "zeros.gz", true) == std::string(5'000'000, 'x'));
  }

  TEST_CASE("gzip data that is cut short or damaged is refused") {
    const TempDir dir;
    const std::string data = gzip(long_text());
    weir::base::write_file(dir.path() / "cut.gz", data.substr(0, data.size() - 5));
    CHECK_THROWS_AS(all_of(dir.path() / "cut.gz", true), weir::Error);
    std::string broken = data;
    std::fill(broken.begin() + 1000, broken.begin() + 1100, '\x55');
    weir::base::write_file(dir.path() / "broken.gz", broken);
    CHECK_THROWS_AS(all_of(dir.path() / "broken.gz", true), weir::Error);
    weir::base::write_file(dir.path() / "none.gz", "plain text");
    CHECK_THROWS_AS(all_of(dir.path() / "none.gz", true), weir::Error);
  }
}
