#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::net {

/// An IPv4 or IPv6 address.
struct Address {
  std::array<std::uint8_t, 16> bytes{};  ///< IPv4: the first four
  bool is_v4 = true;
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Address&, const Address&) = default;
};

/// "192.0.2.1" or "2001:db8::1"; nothing for a name.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

enum class AddressClass {
  global,           ///< anywhere on the internet
  private_network,  ///< RFC 1918, unique local IPv6
  loopback,
  special,  ///< link-local (where clouds keep their credentials), multicast, reserved, unspecified
};

/// By the registries of special addresses (RFC 6890 and its updates). IPv4 addresses inside IPv6
/// ones (mapped, NAT64, 6to4) are judged as what they carry.
[[nodiscard]] AddressClass class_of(const Address& address);

/// Asks the system's resolver. Throws Error (temporary, code `host_unknown`). Blocks.
[[nodiscard]] std::vector<Address> look_up(const std::string& host);

}  // namespace weir::net
