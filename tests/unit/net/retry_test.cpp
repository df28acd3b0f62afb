#include "net/retry.hpp"

#include <doctest/doctest.h>

using namespace weir::net;
using std::chrono::milliseconds;

TEST_CASE("pauses double up to a limit, and their upper half is drawn") {
  const RetryPolicy policy{
      .tries_max = 5, .first = milliseconds(100), .longest = milliseconds(1000)};
  CHECK(pause_after(policy, 1, {}, 0) == milliseconds(100));
  CHECK(pause_after(policy, 2, {}, 0) == milliseconds(200));
  CHECK(pause_after(policy, 3, {}, 0) == milliseconds(400));
  CHECK(pause_after(policy, 9, {}, 0) == milliseconds(1000));
  CHECK(pause_after(policy, 3, {}, 199) == milliseconds(201));
  CHECK(pause_after(policy, 3, {}, 200) == milliseconds(400));
}

TEST_CASE("a server's wish is a least, never less") {
  const RetryPolicy policy{
      .tries_max = 5, .first = milliseconds(100), .longest = milliseconds(1000)};
  CHECK(pause_after(policy, 1, milliseconds(3000), 7) == milliseconds(3000));
  CHECK(pause_after(policy, 4, milliseconds(5), 0) == milliseconds(800));
  CHECK(parse_retry_after(" 3 ") == milliseconds(3000));
  CHECK(parse_retry_after("999999") == milliseconds(3'600'000));
  CHECK_FALSE(parse_retry_after("-1").has_value());
  CHECK_FALSE(parse_retry_after("Fri, 31 Dec 1999 23:59:59 GMT").has_value());
}
