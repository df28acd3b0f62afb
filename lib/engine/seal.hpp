#pragma once

#include "engine/task_hash.hpp"
#include "engine/task_spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// One output as it was when the task was sealed.
struct SealedFile {
  std::size_t output = 0;  ///< place of its PathOutput in the declaration
  std::string name;        ///< relative to the output folder
  bool is_folder = false;
  std::int64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;
  friend bool operator==(const SealedFile&, const SealedFile&) = default;
};

/// The record of a task that succeeded, kept in its own directory as `.weir.seal`.
///
/// Written after the outputs were verified, with a checksum at its end, so a directory with a whole
/// seal is a finished task, whatever happened to the run. A text file; the format is described in
/// the module's README.
struct Seal {
  std::string task;
  int attempt = 1;
  int exit_status = 0;
  TaskUsage usage;
  base::Hash128 declaration;  ///< `declaration_hash` of the outputs that `files` answers
  std::vector<SealedFile> files;
  std::vector<std::optional<std::string>> env;
  std::vector<std::string> eval;
  std::string context;
  std::vector<KeyComponent> key;
};

inline constexpr const char* k_seal_name = ".weir.seal";
/// The key of a task that failed, in the same format; it makes nothing finished.
inline constexpr const char* k_failed_key_name = ".weir.key";
inline constexpr int k_seal_version = 1;
inline constexpr std::size_t k_seal_bytes_max = std::size_t{256} << 20;

[[nodiscard]] std::string encode_seal(const Seal& seal);
/// Nothing when the bytes are cut short, changed, or of another version: the task is then not
/// sealed.
[[nodiscard]] std::optional<Seal> decode_seal(std::string_view bytes);
/// True when nothing of it is missing at the end, whether or not it is right.
[[nodiscard]] bool is_whole_seal(std::string_view bytes);

/// What of a spec decides which files are outputs. Outputs are not part of a task's key: when only
/// they change, a sealed directory is looked through again.
[[nodiscard]] base::Hash128 declaration_hash(const TaskSpec& spec);

/// The names of the components that differ, with both values as recorded; for `--explain`.
struct KeyDifference {
  std::string name;
  std::string before;  ///< empty: it was not part of the key
  std::string after;   ///< empty: it no longer is
};
[[nodiscard]] std::vector<KeyDifference> compare_keys(const std::vector<KeyComponent>& before,
                                                      const std::vector<KeyComponent>& after);

}  // namespace weir::engine
