#pragma once

#include "schema/files.hpp"

#include <string>

namespace weir::engine {

class FileAccess;

/// Files as scripts name them: relative names against the launch folder, Java's globs, names with a
/// scheme are remote.
class SchemaFiles final : public schema::Files {
 public:
  /// `launch_dir`: absolute. `access`: reads remote files.
  SchemaFiles(std::string launch_dir, FileAccess& access)
      : launch_dir_(std::move(launch_dir)), access_(access) {}

  Kind kind(const std::string& name) override;
  std::vector<std::string> matches(const std::string& pattern) override;
  std::string read(const std::string& name) override;

 private:
  std::string launch_dir_;
  FileAccess& access_;
};

}  // namespace weir::engine
