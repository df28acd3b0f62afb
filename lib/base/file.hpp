#pragma once

#include "base/fd.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::base {

namespace fs = std::filesystem;

/// What `lstat` or `stat` says, in plain units.
struct FileInfo {
  enum class Type { regular, directory, symlink, fifo, socket, other };
  Type type = Type::other;
  std::int64_t size_bytes = 0;
  std::int64_t mtime_ns = 0;  ///< since the epoch
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint32_t mode = 0;  ///< permission bits
  friend bool operator==(const FileInfo&, const FileInfo&) = default;
};

enum class FollowLinks { no, yes };

/// Nothing when the name does not exist (a dangling link with `FollowLinks::yes` included). Throws
/// Error otherwise.
[[nodiscard]] std::optional<FileInfo> file_info(const fs::path& path,
                                                FollowLinks follow = FollowLinks::yes);

/// The same for a name relative to an open folder.
[[nodiscard]] std::optional<FileInfo> file_info_at(int folder_fd, const char* name,
                                                   FollowLinks follow = FollowLinks::yes);

/// Close-on-exec. Throws Error (system_error "open").
[[nodiscard]] Fd open_read(const fs::path& path);
/// Creates or truncates; close-on-exec. Throws Error.
[[nodiscard]] Fd open_write(const fs::path& path);
/// Creates when missing, every write goes to the end; close-on-exec. Throws Error.
[[nodiscard]] Fd open_append(const fs::path& path);

/// The whole file. Throws Error, also when it is larger than `limit_bytes`.
[[nodiscard]] std::string read_file(const fs::path& path,
                                    std::size_t limit_bytes = std::size_t{1} << 30);
/// The whole file, or nothing when it does not exist.
[[nodiscard]] std::optional<std::string> try_read_file(const fs::path& path,
                                                       std::size_t limit_bytes = std::size_t{1}
                                                                                 << 30);

enum class Durable { no, yes };

/// Replaces `path` by rename, so readers see the old or the new content, never a part. With
/// `Durable::yes` the file and its folder are synced. Throws Error and leaves nothing behind then.
void write_file(const fs::path& path, std::string_view content, Durable durable = Durable::no);

/// A file that appears under its final name only by `commit()`. Destroyed before that, nothing is
/// left.
class AtomicFile {
 public:
  /// `late`: it has no name before `commit()`, where the file system can do that, so that a process
  /// that is killed leaves nothing. `early`: a temporary name beside `path`; a little faster.
  enum class Named { early, late };
  /// Throws Error.
  explicit AtomicFile(fs::path path, Named named = Named::late);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  [[nodiscard]] int fd() const { return fd_.get(); }
  void write(std::string_view bytes);
  /// Renames into place; with `Durable::yes` syncs the file before and the folder after. Throws
  /// Error.
  void commit(Durable durable = Durable::yes);

 private:
  [[nodiscard]] fs::path name_beside() const;
  void give_name();

  fs::path path_;
  fs::path temporary_;  ///< empty: it has no name
  Fd fd_;
};

/// A folder of its own, removed with all its content at the end unless `keep()` was called.
class TempDir {
 public:
  /// Below `parent` (default: the system's temporary folder). Throws Error.
  explicit TempDir(const fs::path& parent = {}, std::string_view prefix = "weir");
  TempDir(TempDir&& other) noexcept;
  TempDir& operator=(TempDir&&) = delete;
  ~TempDir();
  [[nodiscard]] const fs::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  fs::path path_;
  bool kept_ = false;
};

/// An unnamed file below `folder` that vanishes with its last descriptor, also when the process is
/// killed.
[[nodiscard]] Fd open_scratch(const fs::path& folder);

void sync_fd(int fd, std::string_view what);
/// Makes renames and links inside `folder` durable. Throws Error.
void sync_folder(const fs::path& folder);
/// All that was written to the file system of `path`, by whomever; for trees that others wrote.
void sync_file_system(const fs::path& path);

/// Creates `path` and its parents; no error when it is there. Throws Error.
void make_folders(const fs::path& path);
/// No error when it does not exist. Throws Error.
void remove_file(const fs::path& path);
/// Removes a tree; no error when it does not exist; links are removed, not followed. Throws Error.
void remove_tree(const fs::path& path);
/// False, and nothing done, where it holds something or is not there.
bool remove_empty_folder(const fs::path& path) noexcept;
void rename_file(const fs::path& from, const fs::path& to);
/// The same, whatever is at `to` (a folder with its content, a file in the way of one) and whoever
/// else does it at the same time. What was there is at `from` afterwards, or beside it, for the
/// caller to remove; where the file system can exchange names there is no moment without `to`.
void rename_over(const fs::path& from, const fs::path& to);
enum class Replace { no, yes };
/// `link` will name `target`. Throws Error; with `Replace::yes` an existing name is replaced
/// atomically.
void make_symlink(const fs::path& target, const fs::path& link, Replace replace = Replace::no);
/// Hard link. Throws Error.
void make_link(const fs::path& from, const fs::path& to);
/// Of what `from` leads to. False where a hard link cannot be: between file systems, without links,
/// at their limit, of a folder, where `to` exists, or where something of the two names does not.
[[nodiscard]] bool try_make_link(const fs::path& from, const fs::path& to);
/// Copies bytes and permission bits, by reflink or inside the kernel where the file system can.
/// Throws Error.
void copy_file(const fs::path& from, const fs::path& to);
/// The same, to a name that is there only once the copy is whole: a process that is killed leaves
/// nothing. False, and nothing done, where `to` exists or its folder does not, `from` is a folder,
/// or the file system has no files without names.
[[nodiscard]] bool try_copy_whole(const fs::path& from, const fs::path& to);
/// Whether two files hold the same bytes. False when one of them is not there or no plain file.
/// Throws Error when one cannot be read.
[[nodiscard]] bool same_content(const fs::path& a, const fs::path& b);
/// Gives a name to a file that has none (O_TMPFILE). False, with `errno`, when it cannot be given.
[[nodiscard]] bool link_unnamed(int fd, const fs::path& name);

/// Names in a folder (without . and ..), sorted by bytes. Throws Error.
[[nodiscard]] std::vector<std::string> list_folder(const fs::path& folder);

/// Free bytes for unprivileged users on the file system of `path`. Throws Error.
[[nodiscard]] std::int64_t free_bytes(const fs::path& path);
/// The kind of network file system `path` is on ("nfs", "cifs", "lustre", "fuse", …), or nothing
/// for a local one.
[[nodiscard]] std::optional<std::string> network_file_system(const fs::path& path);

/// A whole file mapped for reading. Empty files give an empty span.
class MappedFile {
 public:
  explicit MappedFile(const fs::path& path);
  /// Maps an open descriptor of a regular file; the descriptor may be closed afterwards.
  MappedFile(int fd, std::string_view what);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {data_, size_}; }
  /// Tells the kernel that bytes [begin, end) are not needed again.
  void drop(std::size_t begin, std::size_t end) const;

 private:
  void map(int fd, std::string_view what);
  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace weir::base
