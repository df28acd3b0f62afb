#include "net/host_rules.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::net {
namespace {

[[noreturn]] void block(const char* code, std::string message, std::string hint) {
  throw Error(ErrorKind::not_permitted, std::move(message))
      .with_code(code)
      .with_hint(std::move(hint));
}

bool is_below(const std::string& host, const std::string& suffix) {
  const std::string wanted =
      base::to_lower_ascii(suffix.starts_with('.') ? suffix.substr(1) : suffix);
  return host == wanted || host.ends_with("." + wanted);
}

void check_address(const HostRules& rules, const Url& url, const Address& address) {
  const auto& ports = rules.loopback_ports;
  if (rules.anywhere) return;
  const AddressClass kind = class_of(address);
  const bool is_test_server =
      kind == AddressClass::loopback &&
      std::find(ports.begin(), ports.end(), url.port_or_default()) != ports.end();
  const bool is_allowed = kind == AddressClass::global || is_test_server ||
                          (kind == AddressClass::private_network && rules.private_networks);
  if (!is_allowed) {
    block("blocked_address",
          fmt::format("'{}' leads to {}, which is no public address", url.shown(), address.text()),
          kind == AddressClass::private_network
              ? "`--allow-private` lets sources be on private networks"
              : "sources must be on public hosts");
  }
  if (url.scheme == "http" && !is_test_server)
    block("blocked_scheme", fmt::format("'{}' is not encrypted", url.shown()), "use https");
}

}  // namespace

std::vector<Address> admit(const HostRules& rules, const Url& url, const std::string& proxy) {
  const bool may_be_plain =
      url.scheme == "http" && (rules.anywhere || !rules.loopback_ports.empty());
  if (url.scheme != "https" && !may_be_plain) {
    block("blocked_scheme", fmt::format("'{}' cannot be fetched", url.shown()),
          "sources are https:// or drs:// addresses");
  }
  const auto allows = [&](const std::string& suffix) { return is_below(url.host, suffix); };
  if (!rules.hosts.empty() && std::none_of(rules.hosts.begin(), rules.hosts.end(), allows)) {
    block("blocked_host", fmt::format("'{}' is not among the hosts allowed", url.host),
          "--allow-host names them");
  }
  std::vector<Address> addresses;
  if (!proxy.empty()) return addresses;
  if (const std::optional<Address> literal = parse_address(url.host)) {
    addresses.push_back(*literal);
  } else {
    addresses = rules.look_up ? rules.look_up(url.host) : look_up(url.host);
  }
  for (const Address& address : addresses) check_address(rules, url, address);
  return addresses;
}

}  // namespace weir::net
