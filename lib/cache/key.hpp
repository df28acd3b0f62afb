#pragma once

#include <map>
#include <string>
#include <string_view>

namespace weir::cache {

/// Everything that decides the bytes of an artifact (preprocess-cache-jobs K13).
struct KeyParts {
  std::string source_sha256;
  std::string kind;  ///< data, index, …
  std::string processor_id;
  int processor_version = 0;
  std::map<std::string, std::string>
      parameters;  ///< codec, its version and level, index type, line policy, …
};

/// SHA-256 over the canonical JSON of the parts: names sorted, no blanks. Equal parts give equal
/// keys on every machine.
[[nodiscard]] std::string key_of(const KeyParts& parts);

/// The readable name beside the key, in five segments:
/// `collection/source name/kind/processor/first 16 digits of the source-vN`. For people; not
/// unique.
[[nodiscard]] std::string alias_of(const KeyParts& parts, std::string_view collection,
                                   std::string_view source_name);

/// True for 64 lower-case hexadecimal digits: the only names that blobs have.
[[nodiscard]] bool is_digest(std::string_view text);

}  // namespace weir::cache
