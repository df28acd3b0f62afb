#pragma once

#include "base/fd.hpp"
#include "base/file.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base {

/// An open folder. Names are relative to it and are looked up from its descriptor, so that writing
/// a handful of files costs one walk of a long path, not one each, and a renamed parent does no
/// harm. Every call that fails throws Error with the whole path.
class Folder {
 public:
  /// Opens an existing folder.
  explicit Folder(fs::path path);
  /// Nothing when there is none, or something else has the name.
  [[nodiscard]] static std::optional<Folder> try_open(fs::path path);
  /// Creates the folder, and its parent when that is missing. Nothing when the name is taken: of
  /// several processes that try, exactly one succeeds, on every file system.
  [[nodiscard]] static std::optional<Folder> try_create(const fs::path& path);

  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Creates or truncates; close-on-exec.
  [[nodiscard]] Fd open_write(const std::string& name, std::uint32_t mode = 0666) const;
  [[nodiscard]] Fd open_read(const std::string& name) const;
  /// Creates or replaces the content, not atomically: for names that nobody looks for yet.
  void write(const std::string& name, std::string_view content, std::uint32_t mode = 0666) const;
  /// By a temporary name and rename: readers see the old or the new content, never a part.
  void replace(const std::string& name, std::string_view content) const;
  /// The whole file, or nothing when it does not exist.
  [[nodiscard]] std::optional<std::string> try_read(const std::string& name,
                                                    std::size_t limit_bytes) const;
  [[nodiscard]] std::optional<FileInfo> info(const std::string& name,
                                             FollowLinks follow = FollowLinks::yes) const;

  /// Folders of a relative path; those that exist are kept.
  void make_folders(const std::string& relative) const;
  /// `name` will name `target`.
  void make_symlink(const std::string& target, const std::string& name) const;
  /// A further name for the file called `from` in this folder. False when the file system has none.
  [[nodiscard]] bool try_link(const std::string& from, const std::string& name) const;

 private:
  Folder(fs::path path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}
  [[nodiscard]] std::string full(const std::string& name) const { return (path_ / name).native(); }

  fs::path path_;
  Fd fd_;
};

/// What a folder's own entry says, without looking at the file: `type` is nothing where the file
/// system does not tell.
struct FolderEntry {
  std::string name;
  std::optional<FileInfo::Type> type;
};
/// Entries without . and .., in the order of the file system. Throws Error.
[[nodiscard]] std::vector<FolderEntry> read_folder(const fs::path& folder);

}  // namespace weir::base
