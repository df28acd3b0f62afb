#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weir::schema {

/// `reference` against `base`, both without regard for what they name (RFC 3986, section 5.2).
[[nodiscard]] std::string resolve_uri(std::string_view base, std::string_view reference);
/// The URI without its fragment, and the fragment (without '#', percent-decoded).
struct SplitUri {
  std::string_view document;
  std::string fragment;
};
[[nodiscard]] SplitUri split_fragment(std::string_view uri);
/// "a%20b" as "a b"; what is no valid escape stays.
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace weir::schema
