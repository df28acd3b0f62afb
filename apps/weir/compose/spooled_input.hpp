#pragma once

#include "cache/workspace.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>

namespace weir::app {

/// Standard input as a file, as long as this lives: the work needs to read it twice and by
/// position.
class SpooledInput {
 public:
  /// Reads to the end. Throws Error: `cancelled` when `stop` became true, `timed_out` when there is
  /// no end within `limit`, both also while nothing comes.
  SpooledInput(const std::filesystem::path& cache_dir,
               std::optional<std::chrono::milliseconds> limit, const std::atomic<bool>& stop);
  [[nodiscard]] std::filesystem::path path() const { return workspace_.path() / "stdin"; }

 private:
  cache::Workspace workspace_;
};

}  // namespace weir::app
