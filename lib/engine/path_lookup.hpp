#pragma once

#include "lang/objects.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The options of `file`, `files`, `channel.fromPath` and `channel.fromFilePairs`.
class FileAccess;

struct LookupOptions {
  enum class Type { file, dir, any };
  Type type = Type::file;
  bool glob = true;
  bool hidden = false;
  bool follow_links = true;
  bool check_if_exists = false;
  bool relative = false;
  std::optional<std::size_t> depth_max;
  /// Asked whether a file with a scheme exists; nullptr: it is taken to.
  FileAccess* files = nullptr;
};

/// Reads the options a script gave (nullptr: none); unknown names are left to the caller. Throws
/// Error (input) for values that make no sense.
[[nodiscard]] LookupOptions lookup_options(const lang::MapObject* options,
                                           LookupOptions defaults = {});

/// A name as the script sees it: with its scheme cut off, relative names made absolute against
/// `folder`, "." and ".." resolved by name alone. `file:` URIs become local paths.
[[nodiscard]] lang::Value path_of(std::string_view name, const std::string& folder);

/// Whether a value is a text that can only be meant as a path: absolute, or with a scheme.
[[nodiscard]] bool is_path_text(const lang::Value& value);

/// A local file as the script of a task sees it in which it is staged under `stage_name`.
[[nodiscard]] lang::Value staged_path(const std::string& source, const std::string& stage_name);

/// The paths that a name or glob stands for, sorted by bytes. A name without wildcard is returned
/// whether it exists or not. Throws ScriptException (NoSuchFileException) when `check_if_exists` is
/// set and nothing is there. Blocks on the disk.
[[nodiscard]] std::vector<lang::Value> find_paths(std::string_view pattern,
                                                  const std::string& folder,
                                                  const LookupOptions& options);

/// Whether `name` would be searched for rather than taken as it is.
[[nodiscard]] bool is_glob(std::string_view name, const LookupOptions& options);

/// The group key of `fromFilePairs`: the part of a file's name up to what the last `*` or `?` in
/// front of any `{` or `[` matches, without trailing "-", "_" and "."; without such wildcards the
/// part in front of the bracket; of a plain name all before its first dot. `pattern` is the last
/// component of the glob.
[[nodiscard]] std::string pair_key(std::string_view file_name, std::string_view pattern);

/// How `channel.fromFilePairs` groups.
struct PairOptions {
  LookupOptions lookup;
  std::int64_t size = 0;  ///< 0: 2 where a pattern is a glob, else 1; negative: any number
  bool flat = false;
  /// The group of a file; empty: `pair_key` of its name and the pattern that found it.
  std::function<lang::Value(const lang::Value& path)> key_of;
};
/// `[key, [files]]` each time that a group has `size` files, so several times for one key with more
/// files than that; what is left over is not emitted. For any number: each group once, in order of
/// its first file. The groups span all patterns, their files are sorted. `flat` gives
/// `[key, file, file]`.
[[nodiscard]] std::vector<lang::Value> find_pairs(const std::vector<std::string>& patterns,
                                                  const std::string& folder,
                                                  const PairOptions& options);

}  // namespace weir::engine
