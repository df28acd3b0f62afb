#pragma once

#include "lang/objects.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The options of `file`, `files`, `channel.fromPath` and `channel.fromFilePairs`.
struct LookupOptions {
  enum class Type { file, dir, any };
  Type type = Type::file;
  bool glob = true;
  bool hidden = false;
  bool follow_links = true;
  bool check_if_exists = false;
  bool relative = false;
  std::optional<std::size_t> depth_max;
};

/// Reads the options a script gave (nullptr: none); unknown names are left to the caller. Throws
/// Error (input) for values that make no sense.
[[nodiscard]] LookupOptions lookup_options(const lang::MapObject* options,
                                           LookupOptions defaults = {});

/// A name as the script sees it: with its scheme cut off, relative names made absolute against
/// `folder`, "." and ".." resolved by name alone. `file:` URIs become local paths.
[[nodiscard]] lang::Value path_of(std::string_view name, const std::string& folder);

/// The paths that a name or glob stands for, sorted by bytes. A name without wildcard is returned
/// whether it exists or not. Throws ScriptException (NoSuchFileException) when `check_if_exists` is
/// set and nothing is there. Blocks on the disk.
[[nodiscard]] std::vector<lang::Value> find_paths(std::string_view pattern,
                                                  const std::string& folder,
                                                  const LookupOptions& options);

/// Whether `name` would be searched for rather than taken as it is.
[[nodiscard]] bool is_glob(std::string_view name, const LookupOptions& options);

/// The part of a file's name up to its last wildcard's match, without trailing "-", "_" and ".":
/// the group key of `fromFilePairs`. `pattern` is the last component of the glob.
[[nodiscard]] std::string pair_key(std::string_view file_name, std::string_view pattern);

/// `[key, [files]]` for each group of `size` files (any number when negative), in order of the
/// first file; `flat` gives `[key, file, file]`. `key_of` may be empty: then `pair_key`.
struct PairOptions {
  LookupOptions lookup;
  std::int64_t size = 2;
  bool flat = false;
};
[[nodiscard]] std::vector<lang::Value> find_pairs(std::string_view pattern,
                                                  const std::string& folder,
                                                  const PairOptions& options);

}  // namespace weir::engine
