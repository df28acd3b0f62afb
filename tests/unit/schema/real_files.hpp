#pragma once

#include "base/file.hpp"
#include "base/text.hpp"
#include "schema/files.hpp"

#include <filesystem>

namespace weir::schema::test {

/// Files of a real folder; `*` at the end of a name is its only wildcard.
class FolderFiles final : public Files {
 public:
  explicit FolderFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Kind kind(const std::string& name) override {
    if (base::contains(name, "://")) return Kind::remote;
    if (name.ends_with('*')) return Kind::pattern;
    const auto info = base::file_info(folder_ / name);
    if (!info) return Kind::missing;
    return info->type == base::FileInfo::Type::directory ? Kind::folder : Kind::file;
  }
  std::vector<std::string> matches(const std::string& pattern) override {
    std::vector<std::string> found;
    if (!pattern.ends_with('*')) {
      if (kind(pattern) != Kind::missing) found.push_back(pattern);
      return found;
    }
    for (const std::string& name : base::list_folder(folder_)) {
      if (name.starts_with(pattern.substr(0, pattern.size() - 1))) found.push_back(name);
    }
    return found;
  }
  std::string read(const std::string& name) override {
    return base::read_file(folder_ / name, k_file_bytes_max);
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace weir::schema::test
