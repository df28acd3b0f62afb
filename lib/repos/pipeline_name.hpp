#pragma once

#include "repos/hubs.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::repos {

/// A pipeline in a git repository, as a command line names it.
struct PipelineName {
  std::string project;      ///< "nf-core/rnaseq": its place in the store
  std::string clone_url;    ///< for git
  std::string web_url;      ///< for people: `workflow.repository`
  std::string main_script;  ///< the script that `owner/name/path/x.nf` names; else empty
  Credentials credentials;
};

/// What names are completed by.
struct NameRules {
  const Hubs* hubs = nullptr;
  std::string hub;           ///< where `owner/name` is; empty: github
  std::string organization;  ///< that of a name without an owner; empty: nextflow-io
  /// The projects that are here already whose name, without the owner, begins so.
  std::function<std::vector<std::string>(std::string_view name)> pulled;
};

/// Whether it can only be a path of this machine: absolute or relative to a folder that it begins
/// with, or a lone `.nf` file.
[[nodiscard]] bool is_path_like(std::string_view text);

/// Reads `name`, `owner/name`, either with a script behind it, `https://host/owner/name`,
/// `ssh://…`, `git@host:owner/name` and `file:/folder/name`; with or without `.git`. As Nextflow's
/// AssetManager (26.08) does, but for ssh, which it does not know. Throws Error (usage) for what is
/// no name, and for a short one that fits several projects.
[[nodiscard]] PipelineName parse_pipeline_name(const std::string& text, const NameRules& rules);

}  // namespace weir::repos
