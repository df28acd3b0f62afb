#pragma once

#include "base/hash.hpp"
#include "engine/task_spec.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// One part of a key as the seal keeps it.
struct KeyComponent {
  std::string name;
  base::Hash128 hash;
  std::string shown;  ///< the value, raw bytes, cut to `k_shown_bytes_max`
  friend bool operator==(const KeyComponent&, const KeyComponent&) = default;
};
/// Long enough for scripts and lists of some thousand files: what changed may stand anywhere.
inline constexpr std::size_t k_shown_bytes_max = std::size_t{1} << 20;

struct TaskKey {
  base::Hash128 hash;
  std::vector<KeyComponent> components;
};

/// What stands for a file in a key.
using Fingerprint = std::function<std::string(std::string_view path)>;

/// XXH3-128 over the run's id and the parts in order, each with its length, file marks replaced by
/// fingerprints.
[[nodiscard]] TaskKey compute_key(std::string_view run_id, const std::vector<KeyPart>& parts,
                                  const Fingerprint& fingerprint);

/// The hash that names the directory of the n-th try (from 1); another one for each try.
[[nodiscard]] base::Hash128 directory_hash(const TaskKey& key, int attempt_number);
/// "ab/cdef…": the first two digits, then the other thirty.
[[nodiscard]] std::string directory_name(const base::Hash128& hash);

/// Path, size and time in milliseconds (`standard`), path and size (`lenient`), or content
/// (`deep`); below `revision_dir`, when that is given, relative path and content. Folders: their
/// own size and time, or with content all they hold. "missing" when there is no such file. Blocks
/// on the disk. Throws Error.
[[nodiscard]] std::string file_fingerprint(std::string_view path, CacheMode mode,
                                           const std::string& revision_dir);

}  // namespace weir::engine
