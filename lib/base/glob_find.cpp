// The half of glob.hpp that walks folders.
#include "base/folder.hpp"
#include "base/glob.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace weir::base {
namespace {

/// As deep as a pattern can match: one folder per slash, without end for `**`.
std::size_t natural_depth(std::string_view pattern) {
  if (pattern.find("**") != std::string_view::npos) return std::numeric_limits<std::size_t>::max();
  return static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '/'));
}

class Walk {
 public:
  Walk(const fs::path& root, std::string_view pattern, const FindOptions& options)
      : root_(root),
        glob_(pattern),
        options_(options),
        hidden_(options.hidden || pattern.starts_with('.')),
        depth_max_(options.depth_max.value_or(natural_depth(pattern))) {}

  std::vector<std::string> run() {
    if (const auto info = file_info(root_)) ancestors_.emplace_back(info->device, info->inode);
    enter("", 0);
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  [[nodiscard]] bool wanted(const std::string& path, const std::string& name,
                            FindOptions::Type kind) const {
    return (options_.type == FindOptions::Type::any || options_.type == kind) &&
           (hidden_ || !name.starts_with('.')) && glob_.matches(path);
  }

  void enter(const std::string& prefix, std::size_t depth) {
    for (FolderEntry& entry : read_folder(prefix.empty() ? root_ : root_ / prefix)) {
      const std::string path = prefix.empty() ? entry.name : prefix + "/" + entry.name;
      FileInfo::Type type = entry.type.value_or(FileInfo::Type::symlink);
      if (!entry.type || (type == FileInfo::Type::symlink && options_.follow_links)) {
        const auto info =
            file_info(root_ / path, options_.follow_links ? FollowLinks::yes : FollowLinks::no);
        if (!info) continue;  // a dangling link, or removed meanwhile
        type = info->type;
      }
      const bool is_link = type == FileInfo::Type::symlink;  // only where links are not followed
      if (type == FileInfo::Type::directory) {
        visit_folder(path, entry.name, depth);
      } else if ((type == FileInfo::Type::regular || is_link) &&
                 wanted(path, entry.name, FindOptions::Type::file)) {
        found_.push_back(path);
      }
    }
  }

  void visit_folder(const std::string& path, const std::string& name, std::size_t depth) {
    if (wanted(path, name, FindOptions::Type::directory)) found_.push_back(path);
    if (depth >= depth_max_) return;
    const auto info = file_info(root_ / path);
    if (!info) return;
    const std::pair identity(info->device, info->inode);
    if (std::find(ancestors_.begin(), ancestors_.end(), identity) != ancestors_.end()) return;
    ancestors_.push_back(identity);
    enter(path, depth + 1);
    ancestors_.pop_back();
  }

  const fs::path root_;
  const Glob glob_;
  const FindOptions& options_;
  const bool hidden_;
  const std::size_t depth_max_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ancestors_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> find_files(const std::filesystem::path& folder, std::string_view pattern,
                                    const FindOptions& options) {
  return Walk(folder, pattern, options).run();
}

}  // namespace weir::base
