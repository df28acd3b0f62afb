#include "cache/key.hpp"

#include "base/hash.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace weir::cache {
namespace {

constexpr int k_key_version = 1;
constexpr std::size_t k_segment_bytes_max = 128;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

/// One segment of an alias: no separators, no control characters, never "." or "..".
std::string segment(std::string_view text) {
  std::string result(text.substr(0, k_segment_bytes_max));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return !is_plain(c); }, '_');
  if (result.find_first_not_of('.') == std::string::npos) return "_";
  return result;
}

}  // namespace

std::string key_of(const KeyParts& parts) {
  // nlohmann's objects keep their names sorted, and `dump` without indent writes no blanks.
  const nlohmann::json document{{"version", k_key_version},
                                {"source", parts.source_sha256},
                                {"kind", parts.kind},
                                {"processor", parts.processor_id},
                                {"processor_version", parts.processor_version},
                                {"parameters", parts.parameters}};
  return base::sha256_hex(document.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
}

std::string alias_of(const KeyParts& parts, std::string_view collection,
                     std::string_view source_name) {
  return fmt::format("{}/{}/{}/{}/{}-v{}", segment(collection), segment(source_name),
                     segment(parts.kind), segment(parts.processor_id),
                     segment(parts.source_sha256.substr(0, 16)), parts.processor_version);
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace weir::cache
