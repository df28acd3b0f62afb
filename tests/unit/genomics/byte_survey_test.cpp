#include "genomics/byte_survey.hpp"

#include <doctest/doctest.h>
#include <random>
#include <string>
#include <string_view>

namespace weir::genomics {
TEST_SUITE_BEGIN("byte survey");

TEST_CASE("one byte counts wherever it stands") {
  // As long as the vectors, a few bytes more, and more vectors than a lane can count.
  for (const std::size_t length : {1, 15, 16, 17, 31, 4'080, 4'081, 9'000}) {
    const std::string plain(length, 'a');
    CHECK(survey(plain).newlines == 0);
    CHECK_FALSE(survey(plain).control);
    CHECK_FALSE(survey(plain).high);
    for (const std::size_t at : {std::size_t{0}, length / 2, length - 1}) {
      for (int byte = 0; byte < 256; ++byte) {
        CAPTURE(length);
        CAPTURE(at);
        CAPTURE(byte);
        std::string text = plain;
        text[at] = static_cast<char>(byte);
        const ByteSurvey found = survey(text);
        CHECK(found.newlines == (byte == '\n' ? 1 : 0));
        CHECK(found.high == (byte >= 0x80));
        CHECK(found.control == ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f));
      }
    }
  }
}

TEST_CASE("newlines are counted") {
  CHECK(survey(std::string_view()).newlines == 0);
  CHECK(survey(std::string(100'000, '\n')).newlines == 100'000);
  std::mt19937 random(7);
  std::string text;
  std::uint32_t newlines = 0;
  for (int i = 0; i < 50'000; ++i) {
    const bool newline = random() % 40 == 0;
    newlines += newline ? 1 : 0;
    text += newline ? '\n' : 'x';
  }
  CHECK(survey(text).newlines == newlines);
}

TEST_CASE("stretches add up") {
  ByteSurvey all = survey("a\n");
  all.add(survey("\n\x01"));
  CHECK(all.newlines == 2);
  CHECK(all.control);
  CHECK_FALSE(all.high);
  all.add(survey("\xc3\xa4"));
  CHECK(all.high);
}

TEST_SUITE_END();

}  // namespace weir::genomics
