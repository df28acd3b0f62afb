#include "engine/submit_pace.hpp"

#include <doctest/doctest.h>

using namespace weir::engine;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("submit_pace");

TEST_CASE("rates as upstream spells them") {
  CHECK(parse_submit_rate("1") == 1s);
  CHECK(parse_submit_rate("5") == 200ms);
  CHECK(parse_submit_rate("10 sec") == 100ms);
  CHECK(parse_submit_rate("10sec") == 100ms);
  CHECK(parse_submit_rate("100 min") == 600ms);
  CHECK(parse_submit_rate("100 / 1 s") == 10ms);
  CHECK(parse_submit_rate("100 / 2 s") == 20ms);
  CHECK(parse_submit_rate("200 / sec") == 5ms);
  CHECK(parse_submit_rate("600 / 5") == std::chrono::nanoseconds(8'333'333));
  CHECK(parse_submit_rate("50/2min") == 2400ms);
  for (const char* const wrong : {"", "x", "0", "10 parsecs", "/s", "5/0s", "-1 sec"})
    CHECK_FALSE(parse_submit_rate(wrong).has_value());
}

TEST_CASE("starts are spaced out, and what was given back is free again") {
  SubmitPace pace(1s);
  CHECK(pace.is_limited());
  CHECK(pace.wait(10s) <= 0s);
  pace.taken(10s);
  CHECK(pace.wait(10s) == 1s);
  CHECK(pace.wait(12s) <= 0s);
  pace.taken(12s);
  pace.give_back();
  CHECK(pace.wait(12s) <= 0s);
  CHECK_FALSE(SubmitPace(0s).is_limited());
}

TEST_SUITE_END();
