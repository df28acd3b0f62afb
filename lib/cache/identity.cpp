#include "cache/identity.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weir::cache {
namespace {

constexpr std::array<std::string_view, 3> k_kinds{"data", "index", "tileset"};

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

[[noreturn]] void refuse(std::string_view what, std::string_view text, std::string_view rule) {
  throw Error(ErrorKind::usage, fmt::format("'{}' is no {}", base::printable(text, 80), what))
      .with_code("bad_identifier")
      .with_hint(std::string(rule));
}

/// The name without blanks around it, when it can be one segment of a path.
std::string_view segment_of(std::string_view what, std::string_view text) {
  const std::string_view name = base::trim(text);
  const auto is_bad = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '/' || c == '\\' || byte < 0x20 || byte == 0x7f;
  };
  if (name.empty() || name == "." || name == "..")
    refuse(what, text, "it must not be empty, '.' or '..'");
  if (name.size() > k_identifier_bytes_max)
    refuse(what, text, fmt::format("at most {} bytes", k_identifier_bytes_max));
  if (std::any_of(name.begin(), name.end(), is_bad))
    refuse(what, text, "no separators and no control characters");
  // An escape that somebody further on might undo.
  const std::string small = base::to_lower_ascii(name);
  for (const std::string_view escape : {"%2f", "%5c", "%00", "%2e%2e"}) {
    if (base::contains(small, escape)) refuse(what, text, "no escaped separators");
  }
  return name;
}

std::string digits(std::string_view what, std::string_view text, std::size_t count) {
  std::string small = base::to_lower_ascii(base::trim(text));
  if (small.size() != count || !std::all_of(small.begin(), small.end(), is_hex))
    refuse(what, text, fmt::format("{} hexadecimal digits", count));
  return small;
}

}  // namespace

std::string normal_collection(std::string_view text) {
  return base::to_lower_ascii(segment_of("name of a collection", text));
}

std::string normal_local_id(std::string_view text) {
  return std::string(segment_of("file identifier", text));
}

std::string normal_md5(std::string_view text) {
  return digits("MD5 sum", text, 32);
}

std::string normal_sha256(std::string_view text) {
  return digits("SHA-256 sum", text, 64);
}

std::string normal_processor_id(std::string_view text) {
  const std::string_view name = segment_of("name of a processor", text);
  if (!std::all_of(name.begin(), name.end(), is_plain))
    refuse("name of a processor", text, "letters, digits, '.', '_' and '-'");
  if (std::find(k_kinds.begin(), k_kinds.end(), name) != k_kinds.end())
    refuse("name of a processor", text, "that is the name of an artifact kind");
  return std::string(name);
}

std::string normal_kind(std::string_view text) {
  const std::string_view name = segment_of("kind of artifact", text);
  const auto may_stand = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (!std::all_of(name.begin(), name.end(), may_stand))
    refuse("kind of artifact", text, "small letters, digits and '-', such as data or index");
  return std::string(name);
}

std::string catalogue_key(std::string_view collection, std::string_view local_id,
                          std::string_view md5, int pipeline_version) {
  return fmt::format("{}/{}/{}/v{}", normal_collection(collection), normal_local_id(local_id),
                     normal_md5(md5), pipeline_version);
}

}  // namespace weir::cache
