#include "net/url.hpp"

#include "base/error.hpp"
#include "net/http.hpp"
#include "net/proxy.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace weir;
using namespace weir::net;

TEST_CASE("an address comes apart and together again") {
  const Url url = parse_url("HTTPS://Data.Example.ORG:8443/a/b%20c.vcf.gz?sig=1&x#part");
  CHECK(url.scheme == "https");
  CHECK(url.host == "data.example.org");
  CHECK(url.port == 8443);
  CHECK(url.path == "/a/b%20c.vcf.gz");
  CHECK(url.query == "sig=1&x");
  CHECK(url.text() == "https://data.example.org:8443/a/b%20c.vcf.gz?sig=1&x");
  CHECK(url.shown() == "https://data.example.org:8443/a/b%20c.vcf.gz");
  CHECK(url.file_name() == "b c.vcf.gz");
  CHECK(parse_url("https://h").path == "/");
  CHECK(parse_url("https://h?q").text() == "https://h/?q");
  CHECK(parse_url("http://h").port_or_default() == 80);
  CHECK(parse_url("https://[2001:db8::1]:99/x").host == "2001:db8::1");
  CHECK(parse_url("https://[2001:db8::1]:99/x").text() == "https://[2001:db8::1]:99/x");
  CHECK(parse_url("https://h/..%2f..%2fetc").file_name() == ".._.._etc");
  CHECK(parse_url("https://h/%2e%2e").file_name().empty());
}

TEST_CASE("what is no address, or carries what it must not, is refused") {
  for (const char* bad :
       {"", "calls.vcf", "https:/h", "https://", "https://u:p@h/x", "https://h:0/", "https://h:1x/",
        "https://h:99999/", "https://h/a b", "https://h/\xc3\xa4", "https://h/\r\nX: y",
        "https://[::1/", "https://a,b/", "https://h:1:2/"}) {
    CAPTURE(bad);
    try {
      static_cast<void>(parse_url(bad));
      FAIL("taken");
    } catch (const Error& error) {
      CHECK(error.code() == "bad_url");
    }
  }
}

TEST_CASE("references lead where RFC 3986 says") {
  // 5.4.1 and 5.4.2, as far as they are http references.
  const Url base = parse_url("http://a/b/c/d;p?q");
  for (const auto& row :
       std::initializer_list<std::pair<const char*, const char*>>{{"g", "http://a/b/c/g"},
                                                                  {"./g", "http://a/b/c/g"},
                                                                  {"g/", "http://a/b/c/g/"},
                                                                  {"/g", "http://a/g"},
                                                                  {"//g", "http://g/"},
                                                                  {"?y", "http://a/b/c/d;p?y"},
                                                                  {"g?y", "http://a/b/c/g?y"},
                                                                  {"", "http://a/b/c/d;p?q"},
                                                                  {".", "http://a/b/c/"},
                                                                  {"..", "http://a/b/"},
                                                                  {"../g", "http://a/b/g"},
                                                                  {"../../g", "http://a/g"},
                                                                  {"../../../g", "http://a/g"},
                                                                  {"/./g", "http://a/g"},
                                                                  {"g;x=1/../y", "http://a/b/c/y"},
                                                                  {"https://o/x", "https://o/x"}}) {
    const auto& reference = row.first;
    CAPTURE(reference);
    CHECK(resolve_reference(base, reference).text() == row.second);
  }
}

TEST_CASE("a content range is taken only when it is one") {
  const auto range = parse_content_range("bytes 5-9/10");
  REQUIRE(range.has_value());
  CHECK(range->first == 5);
  CHECK(range->last == 9);
  CHECK(range->total == 10);
  CHECK_FALSE(parse_content_range("bytes 5-9/*")->total.has_value());
  for (const char* bad : {"", "bytes */10", "bytes 9-5/10", "bytes 5-10/10", "items 1-2/3",
                          "bytes -1-2/3", "bytes 1-2"})
    CHECK_FALSE(parse_content_range(bad).has_value());
}

TEST_CASE("the environment names proxies, and hosts that are asked without") {
  const Url https = parse_url("https://data.example.org/x");
  const Url http = parse_url("http://data.example.org/x");
  using Environment = std::vector<std::string>;
  CHECK(proxy_for({}, https).empty());
  CHECK(proxy_for(Environment{"HTTPS_PROXY=http://p:1", "http_proxy=http://q:2"}, https) ==
        "http://p:1");
  CHECK(proxy_for(Environment{"HTTPS_PROXY=http://p:1", "http_proxy=http://q:2"}, http) ==
        "http://q:2");
  // A server sets HTTP_PROXY from a header of the same name.
  CHECK(proxy_for(Environment{"HTTP_PROXY=http://p:1"}, http).empty());
  CHECK(proxy_for(Environment{"ALL_PROXY=http://a:3", "https_proxy="}, https) == "http://a:3");
  for (const char* const list : {"*", "example.org", ".example.org", "x, data.example.org"}) {
    CHECK(proxy_for(Environment{"all_proxy=http://a:3", std::string("no_proxy=") + list}, https)
              .empty());
  }
  CHECK(proxy_for(Environment{"all_proxy=http://a:3", "NO_PROXY=ample.org,other"}, https) ==
        "http://a:3");
}
