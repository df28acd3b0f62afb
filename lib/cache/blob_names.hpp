#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace weir::db {
class Database;
}

namespace weir::cache {

/// Who names the blobs of one cache folder: the manifest in our database, and those of the other
/// state directories that use the folder. Each of them is entered in it as a file
/// `users/<16 digits>` with the path of its database.
///
/// A database that is gone no longer names anything. One that cannot be asked (no permission, a
/// newer weir) is taken to name every blob. One object serves one thread.
class BlobNames {
 public:
  /// Keeps a reference to `own`, whose tables of the cache must be there. Looks at nothing yet: who
  /// uses the folder is looked up when it is asked for, and again after `look_again`.
  BlobNames(std::filesystem::path root, db::Database& own);
  ~BlobNames();
  BlobNames(const BlobNames&) = delete;
  BlobNames& operator=(const BlobNames&) = delete;

  /// Enters our database, unless it is. A folder that cannot be written is left as it is.
  void enter();
  /// For a process that lives long: others may have come.
  void look_again();
  /// Rows of our manifest that name the blob, under whatever name the folder is known there.
  [[nodiscard]] std::int64_t own(const std::string& sha256);
  [[nodiscard]] bool others(const std::string& sha256);
  [[nodiscard]] bool anybody(const std::string& sha256) {
    return own(sha256) > 0 || others(sha256);
  }

  /// Databases of others that have artifacts here, or cannot be asked.
  [[nodiscard]] std::vector<std::filesystem::path> other_databases();
  /// Removes the entries of databases that are gone.
  void forget_gone();

 private:
  struct Rows;
  struct Other;
  void look();

  std::filesystem::path root_;
  std::filesystem::path own_file_;
  db::Database& database_;
  std::unique_ptr<Rows> own_;
  std::vector<Other> others_;
  std::vector<std::string> gone_;  ///< names of entries
  bool looked_ = false;
};

}  // namespace weir::cache
