#include "net/address.hpp"

#include "base/error.hpp"
#include "net/host_rules.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace weir;
using namespace weir::net;

namespace {

std::string code_of(const HostRules& rules, const std::string& url) {
  try {
    static_cast<void>(admit(rules, parse_url(url)));
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::not_permitted);
    return error.code();
  }
  return "admitted";
}

HostRules answering(const std::vector<std::string>& addresses) {
  HostRules rules;
  rules.look_up = [addresses](const std::string&) {
    std::vector<Address> found;
    for (const std::string& text : addresses) found.push_back(*parse_address(text));
    return found;
  };
  return rules;
}

}  // namespace

TEST_CASE("addresses are told apart by what they lead to") {
  using enum AddressClass;
  for (const auto& row : std::initializer_list<std::pair<const char*, AddressClass>>{
           {"8.8.8.8", global},
           {"10.0.0.1", private_network},
           {"172.16.0.1", private_network},
           {"172.32.0.1", global},
           {"192.168.1.1", private_network},
           {"127.0.0.1", loopback},
           {"127.9.9.9", loopback},
           {"0.0.0.0", special},
           {"169.254.169.254", special},
           {"100.64.0.1", special},
           {"224.0.0.1", special},
           {"255.255.255.255", special},
           {"2606:4700::1", global},
           {"::1", loopback},
           {"::", special},
           {"fe80::1", special},
           {"fd00::1", private_network},
           {"::ffff:127.0.0.1", loopback},
           {"::ffff:8.8.8.8", global},
           {"64:ff9b::a00:1", private_network},
           {"2002:7f00:1::", loopback},
           {"2001:db8::1", special},
           {"ff02::1", special}}) {
    const char* const text = row.first;
    CAPTURE(text);
    const auto address = parse_address(text);
    REQUIRE(address.has_value());
    CHECK(class_of(*address) == row.second);
  }
  CHECK_FALSE(parse_address("example.org").has_value());
  CHECK_FALSE(parse_address("127.1").has_value());
}

TEST_CASE("a host with one address that is not public is blocked, whatever its others") {
  CHECK(code_of(answering({"8.8.8.8"}), "https://h/") == "admitted");
  CHECK(code_of(answering({"8.8.8.8", "10.1.1.1"}), "https://h/") == "blocked_address");
  CHECK(code_of(answering({"127.0.0.1"}), "https://h/") == "blocked_address");
  CHECK(code_of({}, "https://169.254.169.254/latest") == "blocked_address");
  CHECK(code_of({}, "https://[::1]/") == "blocked_address");
  HostRules rules = answering({"10.1.1.1"});
  rules.private_networks = true;
  CHECK(code_of(rules, "https://h/") == "admitted");
  CHECK(code_of(rules, "https://127.0.0.1/") == "blocked_address");
}

TEST_CASE("odd spellings of a loopback address are judged by what they resolve to") {
  // As the system's resolver reads them.
  for (const char* host : {"127.1", "2130706433", "0x7f000001", "localhost"})
    CHECK(code_of({}, std::string("https://") + host + "/") == "blocked_address");
}

TEST_CASE("only https, unless a test names its own server's port") {
  CHECK(code_of(answering({"8.8.8.8"}), "http://h/") == "blocked_scheme");
  CHECK(code_of(answering({"8.8.8.8"}), "ftp://h/") == "blocked_scheme");
  HostRules rules = answering({"8.8.8.8"});
  rules.loopback_ports = {8080};
  CHECK(code_of(rules, "http://127.0.0.1:8080/") == "admitted");
  CHECK(code_of(rules, "http://127.0.0.1:8081/") == "blocked_address");
  CHECK(code_of(rules, "http://h:8080/") == "blocked_scheme");
}

TEST_CASE("the allowed hosts are suffixes at a dot") {
  HostRules rules = answering({"8.8.8.8"});
  rules.hosts = {"example.org", ".Other.net"};
  CHECK(code_of(rules, "https://example.org/") == "admitted");
  CHECK(code_of(rules, "https://data.example.org/") == "admitted");
  CHECK(code_of(rules, "https://a.other.net/") == "admitted");
  CHECK(code_of(rules, "https://badexample.org/") == "blocked_host");
  CHECK(code_of(rules, "https://example.org.evil.com/") == "blocked_host");
}
