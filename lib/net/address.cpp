#include "net/address.hpp"

#include "base/error.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace weir::net {
namespace {

struct Block {
  std::string_view prefix;
  int bits;
  AddressClass kind;
};

using enum AddressClass;

// IANA's registry of special-purpose IPv4 addresses, as far as it is not global.
constexpr Block k_v4_blocks[] = {
    {"0.0.0.0", 8, special},      {"10.0.0.0", 8, private_network},
    {"100.64.0.0", 10, special},  {"127.0.0.0", 8, loopback},
    {"169.254.0.0", 16, special}, {"172.16.0.0", 12, private_network},
    {"192.0.0.0", 24, special},   {"192.0.2.0", 24, special},
    {"192.88.99.0", 24, special}, {"192.168.0.0", 16, private_network},
    {"198.18.0.0", 15, special},  {"198.51.100.0", 24, special},
    {"203.0.113.0", 24, special}, {"224.0.0.0", 4, special},
    {"240.0.0.0", 4, special},
};
// The same for IPv6; what is not in 2000::/3 is not global either.
constexpr Block k_v6_blocks[] = {
    {"::1", 128, loopback},      {"fc00::", 7, private_network}, {"2001::", 23, special},
    {"2001:db8::", 32, special}, {"3fff::", 20, special},
};
/// Prefixes of addresses that carry an IPv4 address, and where it begins.
struct Carrier {
  std::string_view prefix;
  int bits;
  std::size_t offset;
};
constexpr Carrier k_carriers[] = {{"::ffff:0:0", 96, 12}, {"64:ff9b::", 96, 12}, {"2002::", 16, 2}};

bool has_prefix(const Address& address, std::string_view prefix, int bits) {
  const std::optional<Address> block = parse_address(prefix);
  if (!block.has_value()) return false;
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(block->bytes.begin(), block->bytes.begin() + bits / 8, address.bytes.begin()))
    return false;
  const int rest = bits % 8;
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest) & 0xff;
  return (block->bytes[whole] & mask) == (address.bytes[whole] & mask);
}

Address v4_of(const std::uint8_t* bytes) {
  Address address;
  std::copy(bytes, bytes + 4, address.bytes.begin());
  return address;
}

}  // namespace

std::string Address::text() const {
  char buffer[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes.data(), buffer, sizeof buffer);
  return buffer;
}

std::optional<Address> parse_address(std::string_view text) {
  const std::string copy(text);
  Address address;
  if (::inet_pton(AF_INET, copy.c_str(), address.bytes.data()) == 1) return address;
  address.is_v4 = false;
  if (::inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

AddressClass class_of(const Address& address) {
  if (address.is_v4) {
    for (const Block& block : k_v4_blocks) {
      if (has_prefix(address, block.prefix, block.bits)) return block.kind;
    }
    return global;
  }
  for (const Carrier& carrier : k_carriers) {
    if (has_prefix(address, carrier.prefix, carrier.bits))
      return class_of(v4_of(address.bytes.data() + carrier.offset));
  }
  for (const Block& block : k_v6_blocks) {
    if (has_prefix(address, block.prefix, block.bits)) return block.kind;
  }
  return has_prefix(address, "2000::", 3) ? global : special;
}

std::vector<Address> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    Address address;
    if (entry->ai_family == AF_INET) {
      sockaddr_in socket{};
      std::memcpy(&socket, entry->ai_addr, sizeof socket);
      std::memcpy(address.bytes.data(), &socket.sin_addr, 4);
    } else if (entry->ai_family == AF_INET6) {
      sockaddr_in6 socket{};
      std::memcpy(&socket, entry->ai_addr, sizeof socket);
      std::memcpy(address.bytes.data(), &socket.sin6_addr, 16);
      address.is_v4 = false;
    } else {
      continue;
    }
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
      addresses.push_back(address);
  }
  if (!addresses.empty()) return addresses;
  throw Error(ErrorKind::temporary,
              fmt::format("the host '{}' has no address: {}", host,
                          code == 0 ? "none of a known kind" : ::gai_strerror(code)))
      .with_code("host_unknown")
      .with_hint("is its name right, and is there a network?");
}

}  // namespace weir::net
