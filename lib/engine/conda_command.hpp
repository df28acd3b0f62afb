#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::engine {

/// The `conda` scope of the configuration.
struct CondaSettings {
  bool enabled = false;
  std::string program = "conda";  ///< or "mamba", "micromamba"
  std::string cache_dir;          ///< environments are made here, one folder each
  std::string create_options;     ///< to the shell as it is
  std::vector<std::string> channels{"conda-forge", "bioconda"};
  std::int64_t create_seconds_max = 20 * 60;
};

/// The environment that a specification stands for: packages ("bioconda::samtools=1.17"), a YAML or
/// text file with them, or a folder that holds an environment.
struct CondaEnvironment {
  enum class Kind { packages, yaml_file, text_file, folder };
  Kind kind = Kind::packages;
  std::string specification;  ///< as given, blanks trimmed
  std::string prefix;         ///< its folder: in the cache, named by what defines it
};

/// `content` is that of the file where `specification` names one, else empty; `is_folder` where it
/// names a folder.
[[nodiscard]] CondaEnvironment conda_environment(const CondaSettings& settings,
                                                 std::string_view specification,
                                                 std::string_view content, bool is_folder);

/// Shell lines that make the environment where it is missing (under a lock, complete or not at all)
/// and activate it.
[[nodiscard]] std::string conda_snippet(const CondaSettings& settings,
                                        const CondaEnvironment& environment);

}  // namespace weir::engine
