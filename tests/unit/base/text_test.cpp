#include "base/text.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace weir::base;
using namespace std::chrono_literals;

TEST_SUITE("text") {
  TEST_CASE("splitting keeps empty parts") {
    CHECK(split("a,,b,", ',').size() == 4);
    CHECK(split("", ',').size() == 1);
  }

  TEST_CASE("replacing finds every occurrence once") {
    CHECK(replace_all("aaa", "a", "aa") == "aaaaaa");
    CHECK(replace_all("abc", "", "x") == "abc");
    CHECK(replace_all("abc", "z", "x") == "abc");
  }

  TEST_CASE("integers are whole or nothing") {
    CHECK(parse_int64("-12") == -12);
    CHECK(parse_int64("+5") == 5);
    for (const char* bad : {"", "+", "1.5", "1e3", " 1", "1 ", "0x10", "9223372036854775808"}) {
      CAPTURE(bad);
      CHECK_FALSE(parse_int64(bad).has_value());
    }
  }

  TEST_CASE("durations are read as people write them") {
    CHECK(parse_duration("90") == 90s);
    CHECK(parse_duration("1.5h") == 90min);
    CHECK(parse_duration("250ms") == 250ms);
    CHECK(parse_duration("1h 30m") == 90min);
    CHECK(parse_duration("2 days") == 48h);
    for (const char* bad : {"", "s", "1x", "-1s", "1h30", "1..2s", "9999999999999999d"}) {
      CAPTURE(bad);
      CHECK_FALSE(parse_duration(bad).has_value());
    }
  }

  TEST_CASE("sizes are powers of 1024") {
    CHECK(parse_bytes("64") == 64);
    CHECK(parse_bytes("64K") == 65536);
    CHECK(parse_bytes("1.5 GB") == 1610612736);
    CHECK(parse_bytes("2GiB") == 2147483648);
    for (const char* bad : {"", "GB", "1X", "-1", "1 2"}) {
      CAPTURE(bad);
      CHECK_FALSE(parse_bytes(bad).has_value());
    }
  }

  TEST_CASE("sizes and durations are printed for people") {
    CHECK(format_bytes(0) == "0 B");
    CHECK(format_bytes(1023) == "1023 B");
    CHECK(format_bytes(1536) == "1.5 KB");
    CHECK(format_duration(35ms) == "35ms");
    CHECK(format_duration(4200ms) == "4.2s");
    CHECK(format_duration(3723s) == "1h 2m 3s");
  }

  TEST_CASE("shell quoting leaves plain words alone and survives quotes") {
    CHECK(shell_quote("a/b-c.txt") == "a/b-c.txt");
    CHECK(shell_quote("") == "''");
    CHECK(shell_quote("it's") == R"('it'\''s')");
    CHECK(shell_quote("$HOME") == "'$HOME'");
  }

  TEST_CASE("hostile bytes cannot drive a terminal") {
    CHECK(printable("a\x1b[31mb") == "a\\x1b[31mb");
    CHECK(printable("\xff") == "\\xff");
    CHECK(printable("\xc2\x9b") == "\\x9b");
    CHECK(printable("é") == "é");
    CHECK(printable("a\nb") == "a\\nb");
    CHECK(printable("0123456789", 4) == "0123…");
  }

  TEST_CASE("UTF-8 is checked by the standard's table") {
    CHECK(is_utf8("aé€😀"));
    for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "\xe2\x82"}) {
      CHECK_FALSE(is_utf8(bad));
    }
  }

  TEST_CASE("the nearest name is offered only when it is near") {
    const std::array<std::string, 3> names{"preprocess", "run", "cache"};
    CHECK(nearest("preproces", names) == "preprocess");
    CHECK(nearest("rnu", names) == "run");
    CHECK_FALSE(nearest("zebra", names).has_value());
    CHECK(edit_distance("ca", "ac") == 1);
    CHECK(edit_distance("", "abc") == 3);
  }
}
