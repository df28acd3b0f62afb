#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weir::schema {

/// A sample sheet or schema larger than this is refused.
inline constexpr std::size_t k_file_bytes_max = std::size_t{256} << 20;

/// The files that values name, as the caller sees them: relative names against the launch folder.
/// Blocks on the disk, never goes to the network.
class Files {
 public:
  /// `pattern`: a local name with wildcards, whatever it matches.
  enum class Kind { missing, file, folder, remote, pattern };

  virtual ~Files() = default;
  [[nodiscard]] virtual Kind kind(const std::string& name) = 0;
  /// The local names that a name with wildcards stands for; none when nothing matches. Nothing
  /// special without wildcards: the name itself when it exists.
  [[nodiscard]] virtual std::vector<std::string> matches(const std::string& pattern) = 0;
  /// The whole content, decompressed when the name ends in .gz. Throws Error (input) when it cannot
  /// be read or is larger than `k_file_bytes_max`.
  [[nodiscard]] virtual std::string read(const std::string& name) = 0;
};

/// The place of a schema that a pipeline names: below its folder; an absolute name with no file is
/// taken as one below that folder, too, as nf-schema 2.4 does ("/assets/schema_input.json").
[[nodiscard]] std::string schema_place(const std::string& project_dir, const std::string& name,
                                       Files& files);

}  // namespace weir::schema
