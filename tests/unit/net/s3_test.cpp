#include "net/s3.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "net/sigv4.hpp"

#include <doctest/doctest.h>

using namespace weir;
using namespace weir::net;

namespace {

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    constexpr const char* k_digits = "0123456789abcdef";
    text.push_back(k_digits[static_cast<unsigned char>(byte) >> 4]);
    text.push_back(k_digits[static_cast<unsigned char>(byte) & 15]);
  }
  return text;
}

/// The key and the moment of AWS's published examples ("Signature Calculations for the
/// Authorization Header", Amazon S3 API reference).
std::string published_signature(const std::string& url, const char* range) {
  HttpRequest request;
  request.url = parse_url(url);
  if (range != nullptr) request.headers.emplace_back("Range", range);
  const SigningKey key{.access_key = "AKIAIOSFODNN7EXAMPLE",
                       .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
  sign_v4(request, key, base::WallTime(std::chrono::sys_days(std::chrono::year(2013) / 5 / 24)));
  const std::string& line = request.headers.back().second;
  return line.substr(line.find("Signature=") + 10);
}

}  // namespace

TEST_CASE("HMAC-SHA256 of RFC 4231, cases 2 and 6") {
  CHECK(hex(base::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(base::hmac_sha256(std::string(131, '\xaa'),
                        "Test Using Larger Than Block-Size Key - Hash Key First")) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("signatures are those that AWS publishes") {
  CHECK(published_signature("https://examplebucket.s3.amazonaws.com/test.txt", "bytes=0-9") ==
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  CHECK(published_signature("https://examplebucket.s3.amazonaws.com/?lifecycle", nullptr) ==
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  CHECK(
      published_signature("https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", nullptr) ==
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_CASE("names of objects") {
  CHECK(parse_s3_name("s3://runs/lane 1/a.bam").key == "lane 1/a.bam");
  CHECK(parse_s3_name("s3://runs/a/b").text() == "s3://runs/a/b");
  for (const char* wrong : {"s3://", "s3://runs", "s3://runs/", "s3:///key", "s3://runs/lane1/",
                            "s3://ru ns/key", "http://runs/key"})
    CHECK_THROWS_AS(static_cast<void>(parse_s3_name(wrong)), Error);
  CHECK(uri_encode("a b+c/ü", "/") == "a%20b%2Bc/%C3%BC");
}

TEST_CASE("settings come from the usual variables, the service's own first") {
  const S3Settings settings =
      s3_settings({"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=s", "AWS_DEFAULT_REGION=eu-west-1",
                   "AWS_ENDPOINT_URL=http://other", "AWS_ENDPOINT_URL_S3=http://127.0.0.1:7480/"});
  CHECK(settings.key.region == "eu-west-1");
  CHECK(settings.endpoint == "http://127.0.0.1:7480");
  CHECK_THROWS_AS(static_cast<void>(s3_settings({"AWS_ACCESS_KEY_ID=a"})), Error);
}

TEST_CASE("dates of HTTP") {
  const auto date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  REQUIRE(date.has_value());
  CHECK(base::to_rfc3339(*date) == "1994-11-06T08:49:37.000Z");
  for (const char* wrong : {"", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
                            "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"})
    CHECK_FALSE(parse_http_date(wrong).has_value());
}
