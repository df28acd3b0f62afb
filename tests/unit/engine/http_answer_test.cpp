#include "engine/internal/http_answer.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::engine;
using namespace weir::engine::internal;
using namespace std::chrono_literals;

namespace {

/// Byte by byte, as the slowest network brings it.
HttpAnswer slowly(const std::string& text) {
  HttpAnswer answer;
  for (const char byte : text) answer.add({&byte, 1});
  return answer;
}

}  // namespace

TEST_CASE("an answer ends with its length, its last chunk, or its connection") {
  HttpAnswer answer = slowly("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nread");
  CHECK(answer.is_complete());
  CHECK(answer.status() == 200);
  CHECK(answer.body() == "read");
  CHECK_FALSE(slowly("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nrea").is_complete());
  answer = slowly(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nrea\r\nA\r\ndy or "
      "not.\r\n0\r\n");
  CHECK(answer.is_complete());
  CHECK(answer.body() == "ready or not.");
  answer = slowly("HTTP/1.0 503 No\r\nRetry-After:  7 \r\n\r\nlater");
  CHECK_FALSE(answer.is_complete());
  answer.close();
  CHECK(answer.is_complete());
  CHECK(answer.header("retry-after") == "7");
}

TEST_CASE("what is no answer has the status 0, and nothing is read beyond the limit") {
  CHECK(slowly("SSH-2.0-OpenSSH_9.2\r\n\r\n").status() == 0);
  CHECK(slowly("HTTP/1.1 200 OK\r\n").status() == 0);
  for (const char* chunks : {"ffffffffffffffff\r\nx", "FFFFFFFF\r\nx\r\n", "\r\n\r\n", "zz\r\n"}) {
    const HttpAnswer answer =
        slowly(std::string("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n") + chunks);
    CHECK_FALSE(answer.is_complete());
    CHECK(answer.body().size() <= 8);
  }
  HttpAnswer large;
  large.add("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n");
  large.add(std::string(2 * HttpAnswer::k_bytes_max, 'x'));
  CHECK(large.is_complete());
  CHECK(large.body().size() < HttpAnswer::k_bytes_max);
}

TEST_CASE("a server says when to come again, in seconds or as a date, within a day") {
  const base::WallTime now = base::from_millis(784'111'777'000);  // Sun, 06 Nov 1994 08:49:37
  CHECK(retry_pause(" 30", now) == 30s);
  CHECK(retry_pause("999999999999", now) == 24h);
  CHECK(retry_pause("Sun, 06 Nov 1994 08:50:07 GMT", now) == 30s);
  CHECK(retry_pause("Sun, 06 Nov 1994 08:00:00 GMT", now) == 0s);
  CHECK_FALSE(retry_pause("soon", now).has_value());
  CHECK_FALSE(retry_pause("-3", now).has_value());
}

TEST_CASE("only refusals in a row are believed") {
  ProbeSpec spec;
  spec.target = "http://host/";
  HttpJudge judge(spec);
  using Kind = ProbeAnswer::Kind;
  CHECK(judge.judge(404, "", {}).kind == Kind::not_yet);
  CHECK(judge.judge(404, "", {}).kind == Kind::not_yet);
  CHECK(judge.judge(503, "", "2").retry_after == 2s);
  CHECK(judge.judge(404, "", {}).kind == Kind::not_yet);
  CHECK(judge.judge(403, "", {}).kind == Kind::not_yet);
  CHECK(judge.judge(404, "", {}).kind == Kind::failed);
  CHECK(judge.judge(204, "", {}).kind == Kind::passed);
}
