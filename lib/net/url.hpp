#pragma once

#include <string>
#include <string_view>

namespace weir::net {

/// An absolute address of a resource: what RFC 3986 allows, less user names, passwords and
/// characters outside ASCII, which are refused.
struct Url {
  std::string scheme;      ///< small letters
  std::string host;        ///< small letters; an IPv6 address without its brackets
  int port = 0;            ///< 0: the scheme's own
  std::string path = "/";  ///< begins with a slash
  std::string query;       ///< without its question mark

  [[nodiscard]] std::string text() const;
  /// For messages and records: without the query, where signatures and tokens stand.
  [[nodiscard]] std::string shown() const;
  /// The port given, else 443 or 80.
  [[nodiscard]] int port_or_default() const;
  /// Equal for addresses to which the same secrets may be sent.
  [[nodiscard]] std::string origin() const;
  /// What stands after the last slash of the path, with its escapes undone; may be empty.
  [[nodiscard]] std::string file_name() const;
};

/// True for a text that begins like "https://", whatever the scheme.
[[nodiscard]] bool looks_like_url(std::string_view text);

/// Throws Error (usage, code `bad_url`).
[[nodiscard]] Url parse_url(std::string_view text);

/// Where a reference found at `base` leads (RFC 3986, 5.2.2), as a `Location` header has it. Throws
/// Error (usage, code `bad_url`).
[[nodiscard]] Url resolve_reference(const Url& base, std::string_view reference);

}  // namespace weir::net
