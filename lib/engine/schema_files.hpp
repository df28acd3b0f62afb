#pragma once

#include "schema/files.hpp"

#include <string>

namespace weir::engine {

/// Files as scripts name them: relative names against the launch folder, Java's globs, names with a
/// scheme are remote.
class SchemaFiles final : public schema::Files {
 public:
  /// `launch_dir`: absolute.
  explicit SchemaFiles(std::string launch_dir) : launch_dir_(std::move(launch_dir)) {}

  Kind kind(const std::string& name) override;
  std::vector<std::string> matches(const std::string& pattern) override;
  std::string read(const std::string& name) override;

 private:
  std::string launch_dir_;
};

}  // namespace weir::engine
