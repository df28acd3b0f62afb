#pragma once

#include "lang/objects.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::lang {

// Paths as text, by the rules of java.nio.file and of upstream's extensions; nothing here looks at
// the disk.

/// "s3://bucket/key" becomes a path with a scheme; anything else a local path, normalised as Java
/// does (no doubled and no trailing slash).
[[nodiscard]] Value parse_path(std::string_view text);
/// The last name; "" for the root.
[[nodiscard]] std::string_view path_name(std::string_view text);
/// What stands before the last name, or "" when there is nothing.
[[nodiscard]] std::string_view path_parent(std::string_view text);
/// Without the last suffix, `times` times: "a.tar.gz" gives "a.tar", ".a" gives "".
[[nodiscard]] std::string base_name(std::string_view name, std::int64_t times = 1);
/// Without any suffix; a leading dot begins none.
[[nodiscard]] std::string simple_name(std::string_view name);
/// After the last dot; "" when there is none.
[[nodiscard]] std::string extension_of(std::string_view name);
/// `path / other`, `resolve(other)`.
[[nodiscard]] Value resolve_path(const PathObject& path, std::string_view other);
/// `path + text`: the text is added to the name.
[[nodiscard]] Value append_to_path(const PathObject& path, std::string_view text);
/// `levels` parents up.
[[nodiscard]] Value ancestor_of(const PathObject& path, std::int64_t levels);
/// The parent, or null.
[[nodiscard]] Value parent_of(const PathObject& path);
/// "a/./b/../c" becomes "a/c".
[[nodiscard]] std::string normalized(std::string_view text);
/// The way from `from` to `to`. Both absolute or both relative, else throws ScriptException.
[[nodiscard]] std::string relativized(std::string_view from, std::string_view to);
/// What a path gives where a list is wanted, since java.nio's paths can be iterated: its names, as
/// relative paths. A task's input whose name has no folder gives itself, so that `reads.collect {
/// }` means the same for one file as for several.
[[nodiscard]] Value names_of_path(const Value& path);
/// The names between slashes.
[[nodiscard]] std::vector<std::string_view> path_names(std::string_view text);

}  // namespace weir::lang
