#pragma once

#include "net/address.hpp"
#include "net/url.hpp"

#include <functional>
#include <string>
#include <vector>

namespace weir::net {

/// Where sources may be fetched from. Asked again for every redirect.
struct HostRules {
  /// A host must be one of these or lie below one ("example.org" allows data.example.org); empty:
  /// every host.
  std::vector<std::string> hosts;
  bool private_networks = false;  ///< RFC 1918 and unique local addresses too
  /// Every address, and plain http: for sources that stand in what the user trusts with more than
  /// that, as a pipeline.
  bool anywhere = false;
  /// For tests: plain http, and loopback addresses, at these ports.
  std::vector<int> loopback_ports;
  /// The resolver; empty: the system's. Tests put their own.
  std::function<std::vector<Address>(const std::string& host)> look_up;
};

/// The addresses that may be connected to for `url`: every one that its host has was looked at, and
/// the caller connects to no other, so a name server that changes its mind gains nothing.
///
/// Behind a `proxy` (empty: none) there are none: it looks hosts up. Throws Error (not_permitted):
/// blocked_scheme, blocked_host, blocked_address; as `look_up` does. Blocks.
[[nodiscard]] std::vector<Address> admit(const HostRules& rules, const Url& url,
                                         const std::string& proxy = {});

}  // namespace weir::net
