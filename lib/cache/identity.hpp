#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weir::cache {

// The names by which files and artifacts are known outside (preprocess-cache-jobs K1 to K5). Each
// function answers the one form that all spellings of a name share, or throws Error(usage, code
// `bad_identifier`). No answer holds a separator, a control character or "..", so it may stand in a
// path or an address.

constexpr std::size_t k_identifier_bytes_max = 256;

/// A collection ("dcc"): blanks around it are cut, letters made small.
[[nodiscard]] std::string normal_collection(std::string_view text);
/// A file's name within its collection: blanks around it are cut, case is kept.
[[nodiscard]] std::string normal_local_id(std::string_view text);
/// 32 hexadecimal digits, made small.
[[nodiscard]] std::string normal_md5(std::string_view text);
/// 64 hexadecimal digits, made small.
[[nodiscard]] std::string normal_sha256(std::string_view text);
/// Letters, digits, '.', '_', '-'; never the name of an artifact kind.
[[nodiscard]] std::string normal_processor_id(std::string_view text);
/// Small letters, digits, '-'.
[[nodiscard]] std::string normal_kind(std::string_view text);

/// `collection/id/md5/vN`: what one source file of a catalogue is worked on under, whatever is
/// asked of it.
[[nodiscard]] std::string catalogue_key(std::string_view collection, std::string_view local_id,
                                        std::string_view md5, int pipeline_version);

}  // namespace weir::cache
