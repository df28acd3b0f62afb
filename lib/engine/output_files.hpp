#pragma once

#include "engine/seal.hpp"
#include "engine/task_spec.hpp"

#include <string>
#include <vector>

namespace weir::engine {

/// The declared path outputs as found in a folder.
struct CollectedOutputs {
  std::vector<FoundPaths> paths;
  std::string failure;  ///< the first output that is missing or too many; empty: all are there
};

/// Looks for each output below `folder`: plain names as they are, patterns by Java's rules with
/// staged inputs left out. Blocks on the disk. Throws Error for malformed patterns and unreadable
/// folders.
[[nodiscard]] CollectedOutputs collect_outputs(const TaskSpec& spec, const std::string& folder);

/// What the seal says about the files found. Throws Error.
[[nodiscard]] std::vector<SealedFile> stamp_outputs(const std::vector<FoundPaths>& paths,
                                                    const std::string& folder);

/// The outputs of a sealed task if each is still there, of the same kind and (files) size; else
/// nothing.
[[nodiscard]] std::optional<std::vector<FoundPaths>> verify_outputs(const TaskSpec& spec,
                                                                    const Seal& seal,
                                                                    const std::string& folder);

}  // namespace weir::engine
